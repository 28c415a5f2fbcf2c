package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.BatchStream;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.Evaluation.Sum;
import io.sparkswitch.jobs.loop.Streams;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on several languages, and figures of each. */
class LanguagesTest {
  private static final List<String> LANGUAGES = List.of("en", "bg-Latn", "de");

  @TempDir private static Path folder;
  private static ShardSet shards;

  @BeforeAll
  static void prepare() throws Exception {
    TinyShards.write(folder.resolve("shards"), config().data(), LANGUAGES);
    shards = ShardSet.open(folder.resolve("shards/train").toString(), new Configuration());
  }

  @Test
  void batchesHoldTheLanguagesByTheirWeightsAndNoOthers() {
    RunConfig config = config("data.weights.en=3", "data.weights.de=1", "training.steps=1250");

    try (BatchStream stream = Streams.training(config, shards)) {
      long[] ofLanguage =
          LongStream.range(0, 1250)
              .flatMap(step -> LongStream.of(stream.batch(step).segmentIds()))
              .collect(
                  () -> new long[LANGUAGES.size()],
                  (counts, id) -> counts[Math.toIntExact(id / TinyShards.SEGMENTS)]++,
                  (a, b) -> {});
      assertThat(ofLanguage).as("10,000 sequences are one block").containsExactly(7500, 0, 2500);
    }
  }

  @Test
  void theAccountSaysWhatIsUsedAndWhatIsLeftOut() {
    RunConfig config = config("data.weights={ en = 1, de = 0 }", "training.steps=8");

    assertThat(Streams.account(config, shards))
        .containsExactly(
            "Data of part en: 64 sequences from 64 segments, 1.00 epochs.",
            "Data of part bg-Latn: left out, data.weights gives it no share; 64 segments are not used.",
            "Data of part de: left out, data.weights gives it no share; 64 segments are not used.");
  }

  @Test
  void aLanguageThatTheShardsDoNotHoldIsRefused() {
    assertThatThrownBy(() -> Streams.account(config("data.weights.fr=0.5"), shards))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "data.weights.fr = 0.5, but the shards hold bg-Latn, de, en alone: take it out of data.weights, or prepare shards with it");
    assertThat(Streams.account(config("data.weights={ en = 1, fr = 0 }"), shards))
        .as("a weight of 0 asks for nothing")
        .hasSize(3);
  }

  @Test
  void theTotalOfAnEvaluationIsTheSumOfItsLanguages() throws Exception {
    RunConfig config = config("training.steps=3", "data.weights={ en = 1, de = 1 }");
    Path run = folder.resolve("run");
    LocalGang.train(config, 2, folder.resolve("shards"), run);
    SortedMap<String, Long> sizes = new TreeMap<>();
    LANGUAGES.forEach(language -> sizes.put(language, (long) TinyShards.SEGMENTS));

    Evaluation.Result parted = evaluate(config, run, sizes);

    assertThat(parted.languages().keySet()).containsExactly("bg-Latn", "de", "en");
    double crossEntropy = 0;
    long targets = 0;
    for (Sum sum : parted.languages().values()) {
      assertThat(sum.targetTokens()).isEqualTo(parted.total().targetTokens() / 3).isPositive();
      crossEntropy += -sum.negLogPerplexity() * sum.targetTokens();
      targets += sum.targetTokens();
    }
    assertThat(parted.total().negLogPerplexity()).isCloseTo(-crossEntropy / targets, within(1e-12));
    assertThat(parted.languages().values().stream().map(Sum::crossEntropy).distinct()).hasSize(3);
    Evaluation.Result whole = evaluate(config, run, new TreeMap<>());
    assertThat(whole.total().targetTokens()).isEqualTo(targets);
    assertThat(whole.total().crossEntropy())
        .as("batches of one language are masked as those of all")
        .isCloseTo(parted.total().crossEntropy(), within(1e-5 * crossEntropy));
  }

  private static Evaluation.Result evaluate(
      RunConfig config, Path run, SortedMap<String, Long> sizes) throws Exception {
    return LocalGang.evaluate(
        config,
        2,
        LocalGang.data(folder.resolve("shards")),
        run,
        (long) TinyShards.SEGMENTS * LANGUAGES.size(),
        sizes);
  }

  private static RunConfig config(String... more) {
    return LocalGang.config(more);
  }
}
