package io.sparkswitch.jobs;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.bench.RandomShards;
import io.sparkswitch.jobs.conf.DataSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A few {@link RandomShards}. */
public final class TinyShards {
  public static final VocabularySpec VOCABULARY = new VocabularySpec(100, "d".repeat(64));
  static final int SEGMENTS = 64;

  private TinyShards() {}

  /** Both splits, in folders {@code train} and {@code validation}. */
  public static void write(Path folder, DataSettings data) throws IOException {
    write(folder, data, List.of("en"));
  }

  /** The same, {@link #SEGMENTS} of each language. */
  static void write(Path folder, DataSettings data, List<String> languages) throws IOException {
    new RandomShards(data, VOCABULARY, SEGMENTS).write(folder, languages);
  }
}
