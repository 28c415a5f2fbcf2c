package io.sparkswitch.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.mixture.Capping;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.batch.mixture.MixturePart;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.batch.window.ShardParts;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.TestShards;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MixedStreamTest {
  private static final SpanCorruption CORRUPTION =
      SpanCorruption.of(TestShards.VOCABULARY, 32, 0.15, 3);
  private static final int LENGTH = CORRUPTION.lengths().segment();
  private static final String[] LANGUAGES = {"en", "de", "en", "yo"};

  @TempDir static Path folder;
  static ShardParts parts;

  @BeforeAll
  static void write() throws IOException {
    ShardSet shards = TestShards.write(folder, new ShardSettings(LENGTH, 5), 40, 20, 23, 4);
    parts = ShardParts.by(shards, group -> LANGUAGES[group.file()]);
  }

  @Test
  void partsKnowTheirSizes() {
    assertThat(parts.sizes()).containsExactlyEntriesOf(sizes());
    assertThat(ShardParts.byLanguage(parts.shards()).sizes()).containsOnly(Map.entry("en", 87L));
    assertThatThrownBy(() -> ShardParts.by(parts.shards(), group -> null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tells no part of its row group 0");
  }

  @Test
  void everyBlockHoldsItsShareOfEachLanguageAndUsageCountsIt() {
    Mixture mixture = Mixture.ofWeights(Map.of("en", 5.0, "de", 4.0, "yo", 1.0)).inBlocksOf(20);
    try (BatchStream stream = stream(mixture, 10)) {
      Map<String, Long> counted = new HashMap<>();
      for (int step = 0; step < 60; step++) {
        for (PartUsage usage : stream.usage(step)) {
          assertThat(usage.sequences()).isEqualTo(counted.getOrDefault(usage.part(), 0L));
        }
        Batch batch = stream.batch(step);
        for (long id : batch.segmentIds()) {
          counted.merge(language(id), 1L, Long::sum);
        }
        if (step % 2 == 1) {
          int blocks = (step + 1) / 2;
          assertThat(counted)
              .containsOnly(
                  Map.entry("en", 10L * blocks),
                  Map.entry("de", 8L * blocks),
                  Map.entry("yo", 2L * blocks));
        }
      }
      PartUsage yo = stream.usage(60).get(2);
      assertThat(yo).isEqualTo(new PartUsage("yo", 60, 4, MixturePart.UNCAPPED));
      assertThat(yo.epochs()).isEqualTo(15);
      assertThat(yo.repeatedShare()).isEqualTo(56.0 / 60);
      assertThat(yo.exhausted()).isFalse();
      assertThat(stream.usage(1).get(1).repeatedShare()).isZero();
    }
  }

  @Test
  void everyEpochOfALanguageHoldsItsSegmentsOnceWithTheirTokens() {
    Mixture mixture = Mixture.byExponent(parts.sizes(), 0.3).inBlocksOf(50);
    Map<List<Object>, Set<Long>> seen = new HashMap<>();
    try (BatchStream stream = stream(mixture, 10)) {
      for (int step = 0; step < 100; step++) {
        Batch batch = stream.batch(step);
        for (int i = 0; i < batch.sequences(); i++) {
          long id = batch.segmentIds()[i];
          int epoch = batch.epochs()[i];
          Set<Long> ids = seen.computeIfAbsent(List.of(language(id), epoch), k -> new HashSet<>());
          assertThat(ids.add(id)).isTrue();
          int[] tokens = IntStream.range(0, LENGTH).map(p -> TestShards.token(id, p)).toArray();
          int[] inputs =
              CORRUPTION.inputs(tokens, CORRUPTION.mask(stream.corruptionSeed(), id, epoch));
          assertThat(batch.slice(i, i + 1).encoderInputTokens()).startsWith(inputs);
        }
      }
      for (PartUsage usage : stream.usage(100)) {
        assertThat(usage.epochs()).isGreaterThan(2);
        for (int epoch = 0; epoch < (int) usage.epochs(); epoch++) {
          assertThat(seen.get(List.of(usage.part(), epoch))).hasSize((int) usage.segments());
        }
      }
    }
  }

  @Test
  void anyOrderOfAskingGivesTheSameBatches() {
    Mixture mixture = Mixture.byExponent(parts.sizes(), 0.3).inBlocksOf(50).atMost("yo", 3);
    try (BatchStream forward = stream(mixture, 7);
        BatchStream jumping = stream(mixture, 7)) {
      List<Batch> batches = IntStream.range(0, 60).mapToObj(forward::batch).toList();
      for (int i = 0; i < 60; i++) {
        int step = i * 37 % 60;
        assertThat(jumping.batch(step)).usingRecursiveComparison().isEqualTo(batches.get(step));
      }
      assertThat(jumping.batch(1_000_000_000L).sequences()).isEqualTo(7);
    }
  }

  @Test
  void cappedPartsEndWithTheirLastEpochAndAreTold() {
    Mixture mixture = Mixture.byExponent(parts.sizes(), 0.3).inBlocksOf(20).atMost(2);
    try (BatchStream stream = stream(mixture, 10)) {
      assertThat(stream.batches()).isEqualTo(2 * 87 / 10);
      assertThat(stream.cappings()).extracting(Capping::part).containsExactly("yo", "de", "en");
      Map<Long, Integer> uses = new HashMap<>();
      for (int step = 0; step < stream.batches(); step++) {
        Arrays.stream(stream.batch(step).segmentIds())
            .forEach(id -> uses.merge(id, 1, Integer::sum));
      }
      assertThat(LongStream.range(83, 87).mapToInt(uses::get).toArray()).containsOnly(2);
      assertThat(uses.values()).allMatch(n -> n <= 2);
      PartUsage yo = stream.usage(stream.batches()).get(2);
      assertThat(yo).isEqualTo(new PartUsage("yo", 8, 4, 2));
      assertThat(yo.exhausted()).isTrue();
      assertThatThrownBy(() -> stream.batch(17)).hasMessage("batch 17 of a stream of 17");
    }
  }

  @Test
  void aKnownMixtureStaysAsItIs() {
    Mixture mixture = Mixture.byExponent(parts.sizes(), 0.3).inBlocksOf(50).atMost("yo", 3);
    try (BatchStream stream = stream(mixture, 6)) {
      assertThat(stream.batch(0).segmentIds()).containsExactly(83, 86, 84, 81, 80, 48);
      assertThat(stream.batch(1000).segmentIds()).containsExactly(79, 75, 71, 40, 44, 42);
    }
  }

  @Test
  void validationOfALanguageHoldsItsSegmentsOnceInOrder() {
    try (BatchStream stream = BatchStream.validation(parts, "en", CORRUPTION, 50, 7)) {
      List<Long> ids = new ArrayList<>();
      for (int step = 0; step < stream.batches(); step++) {
        Arrays.stream(stream.batch(step).segmentIds()).forEach(ids::add);
      }
      List<Long> expected =
          LongStream.range(0, 83).filter(id -> language(id).equals("en")).boxed().toList();
      assertThat(ids).isEqualTo(expected);
      assertThat(stream.usage(2))
          .containsExactly(new PartUsage("en", 63, 63, MixturePart.UNCAPPED));
      // A segment is masked alike whether its language is validated alone or with the others.
      BatchStream all = BatchStream.validation(parts.shards(), CORRUPTION, 40, 7);
      assertThat(all.batch(0).encoderInputTokens())
          .isEqualTo(stream.batch(0).slice(0, 40).encoderInputTokens());
    }
  }

  @Test
  void whatThePartsCannotGiveIsRefusedWithTheRemedy() {
    Mixture unknown = Mixture.ofWeights(Map.of("en", 1.0, "sw", 1.0));
    assertThatThrownBy(() -> stream(unknown, 10))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "the shards hold no part sw but de, en, yo: run prepare with it or leave it out");
    Mixture small = Mixture.ofWeights(Map.of("yo", 1.0));
    assertThatThrownBy(() -> stream(small, 10))
        .hasMessageContaining("4 segments do not fill one batch of 10");
    assertThatThrownBy(() -> BatchStream.validation(parts, "sw", CORRUPTION, 10, 7))
        .hasMessageContaining("no part sw");
    assertThatThrownBy(() -> stream(small, 1).usage(-1)).hasMessageContaining("usage of -1");
  }

  private static BatchStream stream(Mixture mixture, int batchSize) {
    return BatchStream.training(parts, mixture, CORRUPTION, batchSize, new Shuffling(3, 4));
  }

  private static Map<String, Long> sizes() {
    Map<String, Long> sizes = new java.util.LinkedHashMap<>();
    sizes.put("de", 20L);
    sizes.put("en", 63L);
    sizes.put("yo", 4L);
    return sizes;
  }

  private static String language(long id) {
    return id < 40 || id >= 60 && id < 83 ? "en" : id < 60 ? "de" : "yo";
  }
}
