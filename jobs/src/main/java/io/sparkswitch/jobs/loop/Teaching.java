package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.distill.target.TargetFile;
import io.sparkswitch.jobs.gang.DriverProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** A teacher's soft targets for the batches of a student's stream, in files of some steps each. */
public final class Teaching {
  private static final long STEPS_PER_FILE = 50;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Teaching() {}

  /**
   * @param steps steps of the student's stream, from 0
   * @param progress takes the number of steps done
   */
  public static DriverProgram<List<TargetFile>> of(
      LoadedModel teacher, long steps, LongConsumer progress) {
    return teacher.doing(
        (ranks, attempt) -> {
          List<TargetFile> files = new ArrayList<>();
          for (long from = 0; from < steps; from += STEPS_PER_FILE) {
            long to = Math.min(steps, from + STEPS_PER_FILE);
            ranks.beginTargets(from, to);
            for (long step = from; step < to; step++) {
              ranks.teach(step);
            }
            for (byte[] entry : ranks.endTargets()) {
              files.add(file(entry));
            }
            progress.accept(to);
          }
          return files;
        });
  }

  private static TargetFile file(byte[] json) throws IOException {
    return JSON.readValue(json, TargetFile.class);
  }
}
