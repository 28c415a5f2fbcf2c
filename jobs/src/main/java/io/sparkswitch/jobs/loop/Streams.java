package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.batch.window.ShardParts;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

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
    Mixture mixture = mixture(data, languages.sizes());
    return BatchStream.training(
        languages,
        data.maxEpochs() > 0 ? mixture.atMost(data.maxEpochs()) : mixture,
        corruption,
        batchSize,
        new Shuffling(config.seed(), data.shuffleWindowRowGroups()));
  }

  private static Mixture mixture(DataSettings data, SortedMap<String, Long> sizes) {
    if (data.weights().isEmpty()) {
      return Mixture.byExponent(sizes, data.languageExponent());
    }
    SortedMap<String, Double> used = new TreeMap<>(data.weights());
    used.values().removeIf(weight -> weight == 0);
    for (String language : used.keySet()) {
      if (!sizes.containsKey(language)) {
        throw new UsageException(
            "%s.%s = %s, but the shards hold %s alone: take it out of %1$s, or prepare shards with it"
                .formatted(
                    DataSettings.WEIGHTS,
                    language,
                    used.get(language),
                    String.join(", ", sizes.keySet())));
      }
    }
    return Mixture.ofWeights(used);
  }

  /** What weights leave out, in words. */
  private static Stream<String> leftOut(DataSettings data, ShardSet shards) {
    if (data.weights().isEmpty()) {
      return Stream.empty();
    }
    return ShardParts.byLanguage(shards).sizes().entrySet().stream()
        .filter(size -> data.weights().getOrDefault(size.getKey(), 0.0) == 0)
        .map(
            size ->
                String.format(
                    Locale.ROOT,
                    "Data of part %s: left out, %s gives it no share; %,d segments are not used.",
                    size.getKey(),
                    DataSettings.WEIGHTS,
                    size.getValue()));
  }

  /**
   * What a run will use of each language, and what it leaves out, in words.
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
      return Stream.concat(
              stream.usage(steps).stream().map(Streams::use), leftOut(config.data(), shards))
          .toList();
    }
  }

  private static String use(PartUsage part) {
    return String.format(
        Locale.ROOT,
        "Data of part %s: %,d sequences from %,d segments, %.2f epochs.",
        part.part(),
        part.sequences(),
        part.segments(),
        part.epochs());
  }

  /**
   * What each language of a validation split holds, in the order of their codes; empty where it has
   * only one.
   */
  public static SortedMap<String, ShardCounts> languages(ShardSet shards) {
    SortedMap<String, ShardCounts> languages = shards.manifest().languages();
    languages.values().removeIf(counts -> counts.segments() == 0);
    return languages.size() > 1 ? languages : new TreeMap<>();
  }

  /** The whole validation split. */
  public static BatchStream validation(RunConfig config, ShardSet shards) {
    return validation(config, shards, ValidationStreams.ALL);
  }

  /** The validation split, or one of its {@link #languages}. */
  static BatchStream validation(RunConfig config, ShardSet shards, int part) {
    SpanCorruption corruption = corruption(config, shards);
    int batchSize = config.training().evaluationBatchSize();
    long seed = config.training().evaluationSeed();
    if (part == ValidationStreams.ALL) {
      return BatchStream.validation(shards, corruption, batchSize, seed);
    }
    String language = List.copyOf(languages(shards).keySet()).get(part - 1);
    return BatchStream.validation(
        ShardParts.byLanguage(shards), language, corruption, batchSize, seed);
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
