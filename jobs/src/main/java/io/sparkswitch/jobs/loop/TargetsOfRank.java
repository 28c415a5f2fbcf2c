package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.TeacherReading;
import io.sparkswitch.distill.target.store.SoftTargetsWriter;
import io.sparkswitch.distill.target.store.TargetChunk;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;
import java.io.IOException;
import java.util.function.LongSupplier;

/** Writes one rank's soft targets, a file a chunk of steps. */
final class TargetsOfRank implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final WorkerSpec spec;
  private final GangMember member;
  private final LongSupplier corruptionSeed;
  private final TargetsSettings settings;
  private SoftTargetsWriter writer;

  /**
   * @param vocabularyRows tokens of a whole distribution
   */
  TargetsOfRank(
      WorkerSpec spec, GangMember member, LongSupplier corruptionSeed, int vocabularyRows) {
    this.spec = spec;
    this.member = member;
    this.corruptionSeed = corruptionSeed;
    this.settings = Teaching.settings(spec.config(), vocabularyRows);
  }

  /** Opens the file of steps [from, to). */
  void begin(long from, long to) throws IOException {
    TargetsFolder folder = new TargetsFolder(spec.folders().targets(), member.hadoop());
    TargetChunk chunk = new TargetChunk(from, to, member.exchange().rank(), member.attempt());
    writer = folder.writer(chunk, settings.kind());
  }

  /** Writes the rows of a share of a step's batch. */
  void write(long step, Batch batch, Share share, T5Model model, Inputs inputs, Pass pass)
      throws IOException {
    Batch part = batch.slice(share.from(), share.to());
    TeacherReading reading =
        new TeacherReading(step, share.from(), corruptionSeed.getAsLong(), part, settings);
    GradientStep.evaluate(model, inputs, pass, reading);
    for (SoftTargets row : reading.rows()) {
      writer.write(row);
    }
  }

  /** Closes the file; its entry for the manifest. */
  byte[] finish() throws IOException {
    byte[] entry = JSON.writeValueAsBytes(writer.finish());
    writer.close();
    writer = null;
    return entry;
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
