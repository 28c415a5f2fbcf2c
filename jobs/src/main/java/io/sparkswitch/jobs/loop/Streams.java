package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.Mixture;
import io.sparkswitch.data.batch.ShardParts;
import io.sparkswitch.data.batch.Shuffling;
import io.sparkswitch.data.batch.SpanCorruption;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import java.util.List;
import java.util.Locale;

/** The batch streams of a configuration: the same wherever they are opened. */
public final class Streams {
  private Streams() {}

  /** The batches of a training run; batch n is that of step n + 1. */
  public static BatchStream training(RunConfig config, ShardSet shards) {
    DataSettings data = config.data();
    SpanCorruption corruption = corruption(config, shards);
    int batchSize = config.training().batchSize();
    if (!data.mixes()) {
      return BatchStream.training(
          shards, corruption, batchSize, config.seed(), data.shuffleWindowRowGroups());
    }
    ShardParts languages = ShardParts.byLanguage(shards);
    Mixture mixture = Mixture.byExponent(languages.sizes(), data.languageExponent());
    return BatchStream.training(
        languages,
        data.maxEpochs() > 0 ? mixture.atMost(data.maxEpochs()) : mixture,
        corruption,
        batchSize,
        new Shuffling(config.seed(), data.shuffleWindowRowGroups()));
  }

  /**
   * What a run will use of each language, in words.
   *
   * @throws UsageException if caps on repetition end the data before the last step
   */
  public static List<String> account(RunConfig config, ShardSet shards) {
    long steps = config.training().steps();
    try (BatchStream stream = training(config, shards)) {
      if (stream.batches() < steps) {
        throw new UsageException(
            "data.max-epochs = %d ends the data after %,d of training.steps = %,d steps: raise it, or train less"
                .formatted(config.data().maxEpochs(), stream.batches(), steps));
      }
      return stream.usage(steps).stream()
          .map(
              part ->
                  String.format(
                      Locale.ROOT,
                      "Data of part %s: %,d sequences from %,d segments, %.2f epochs.",
                      part.part(),
                      part.sequences(),
                      part.segments(),
                      part.epochs()))
          .toList();
    }
  }

  static BatchStream validation(RunConfig config, ShardSet shards) {
    return BatchStream.validation(
        shards,
        corruption(config, shards),
        config.training().evaluationBatchSize(),
        config.training().evaluationSeed());
  }

  static SpanCorruption corruption(RunConfig config, ShardSet shards) {
    DataSettings data = config.data();
    return SpanCorruption.of(
        shards.manifest().vocabulary(),
        data.inputsLength(),
        data.noiseDensity(),
        data.meanSpanLength());
  }
}
