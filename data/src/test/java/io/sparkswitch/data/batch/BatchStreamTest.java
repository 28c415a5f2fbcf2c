package io.sparkswitch.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.batch.mixture.MixturePart;
import io.sparkswitch.data.batch.mixture.PartUsage;
import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.shard.ShardSet;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.TestShards;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchStreamTest {
  private static final SpanCorruption CORRUPTION =
      SpanCorruption.of(TestShards.VOCABULARY, 32, 0.15, 3);
  private static final int LENGTH = CORRUPTION.lengths().segment();
  private static final int BATCH = 7;

  @TempDir static Path folder;
  static ShardSet shards;

  @BeforeAll
  static void write() throws IOException {
    shards = TestShards.write(folder, new ShardSettings(LENGTH, 5), 23, 4, 31, 0, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64})
  void shuffledBatchesEqualThoseOfANaiveTwinOverSeveralEpochs(int window) {
    List<long[]> twin = naive(shards, 99, window, 4); // [segment, epoch]
    int compared = 0;
    try (BatchStream stream = BatchStream.training(shards, CORRUPTION, BATCH, 99, window)) {
      for (int step = 0; (step + 1) * BATCH <= twin.size(); step++) {
        Batch batch = stream.batch(step);
        for (int i = 0; i < BATCH; i++) {
          long[] expected = twin.get(step * BATCH + i);
          assertThat(batch.segmentIds()[i]).isEqualTo(expected[0]);
          assertThat(batch.epochs()[i]).isEqualTo((int) expected[1]);
          assertSequence(batch, i, stream.corruptionSeed());
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(3 * 66);
  }

  @Test
  void anyOrderOfAskingGivesTheSameBatches() {
    BatchStream forward = BatchStream.training(shards, CORRUPTION, BATCH, 5, 2);
    BatchStream jumping = BatchStream.training(shards, CORRUPTION, BATCH, 5, 2);
    List<Batch> batches = IntStream.range(0, 60).mapToObj(forward::batch).toList();

    for (int i = 0; i < 60; i++) {
      int step = i * 37 % 60;
      assertThat(jumping.batch(step)).usingRecursiveComparison().isEqualTo(batches.get(step));
    }
    assertThat(jumping.batch(1_000_000).epochs()[0]).isEqualTo(7_000_000 / 66);
  }

  @Test
  void everyEpochHoldsEverySegmentOnceInAnotherOrderWithOtherMasks() {
    BatchStream stream = BatchStream.training(shards, CORRUPTION, 66, 5, 3);
    Batch first = stream.batch(0);
    Batch second = stream.batch(1);

    assertThat(first.segmentIds()).containsExactlyInAnyOrder(LongStream.range(0, 66).toArray());
    assertThat(second.segmentIds()).containsExactlyInAnyOrder(LongStream.range(0, 66).toArray());
    assertThat(second.segmentIds()).isNotEqualTo(first.segmentIds());
    int differing = 0;
    for (int id = 0; id < 66; id++) {
      boolean[] mask = CORRUPTION.mask(stream.corruptionSeed(), id, 0);
      differing += Arrays.equals(mask, CORRUPTION.mask(stream.corruptionSeed(), id, 1)) ? 0 : 1;
    }
    assertThat(differing).isGreaterThan(40);
  }

  @Test
  void anotherSeedGivesAnotherOrderAndOtherMasks() {
    BatchStream one = BatchStream.training(shards, CORRUPTION, 66, 1);
    BatchStream two = BatchStream.training(shards, CORRUPTION, 66, 2);

    assertThat(one.batch(0).segmentIds()).isNotEqualTo(two.batch(0).segmentIds());
    assertThat(one.corruptionSeed()).isNotEqualTo(two.corruptionSeed());
  }

  @Test
  void aWindowMixesItsRowGroups() {
    BatchStream stream = BatchStream.training(shards, CORRUPTION, BATCH, 5, 14);
    Set<Long> groups = new HashSet<>();
    Arrays.stream(stream.batch(0).segmentIds()).map(id -> id / 5).forEach(groups::add);

    assertThat(groups).hasSizeGreaterThan(3);
  }

  @Test
  void validationComesInOrderOnceWithASmallerLastBatch() {
    BatchStream stream = BatchStream.validation(shards, CORRUPTION, 20, 77);

    assertThat(stream.batches()).isEqualTo(4);
    assertThat(stream.corruptionSeed()).isEqualTo(77);
    List<Long> ids = new ArrayList<>();
    for (int step = 0; step < 4; step++) {
      Batch batch = stream.batch(step);
      for (int i = 0; i < batch.sequences(); i++) {
        ids.add(batch.segmentIds()[i]);
        assertThat(batch.epochs()[i]).isZero();
        assertSequence(batch, i, 77);
      }
    }
    assertThat(ids).containsExactlyElementsOf(LongStream.range(0, 66).boxed().toList());
    assertThat(stream.batch(3).sequences()).isEqualTo(6);
    assertThatThrownBy(() -> stream.batch(4)).hasMessage("batch 4 of a stream of 4");
  }

  @Test
  void aKnownBatchStaysAsItIs() {
    Batch batch = BatchStream.training(shards, CORRUPTION, 4, 12345, 2).batch(3);

    assertThat(batch.segmentIds()).containsExactly(19, 16, 54, 17);
    assertThat(Arrays.hashCode(batch.encoderInputTokens())).isEqualTo(1554422572);
  }

  @Test
  void damageThatIsFoundAheadIsToldWhereItsTokensAreNeeded(@TempDir Path damaged)
      throws IOException {
    ShardSet set = TestShards.write(damaged, new ShardSettings(LENGTH, 5), 5, 5, 5);
    String name = set.manifest().files().get(1).name();
    Path shard = damaged.resolve(name);
    byte[] bytes = Files.readAllBytes(shard);
    Arrays.fill(bytes, 4, bytes.length / 2, (byte) 0x55);
    Files.write(shard, bytes);
    Files.delete(shard.resolveSibling("." + shard.getFileName() + ".crc"));
    try (BatchStream stream = BatchStream.validation(set, CORRUPTION, 5, 7)) {
      assertThat(stream.batch(0).segmentIds()).containsExactly(0, 1, 2, 3, 4);
      assertThatThrownBy(() -> stream.batch(1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("row group 0 of shard " + name)
          .hasMessageContaining("run prepare again with --fresh")
          .hasRootCauseInstanceOf(Exception.class);
      assertThat(stream.batch(2).segmentIds()).containsExactly(10, 11, 12, 13, 14);
    }
  }

  @Test
  void usageCountsEpochsOfAllSegments() {
    BatchStream stream = BatchStream.training(shards, CORRUPTION, BATCH, 5, 2);

    assertThat(stream.usage(33))
        .containsExactly(new PartUsage("all", 231, 66, MixturePart.UNCAPPED));
    assertThat(stream.usage(33).get(0).epochs()).isEqualTo(3.5);
    assertThat(stream.cappings()).isEmpty();
  }

  @Test
  void whatDoesNotFitIsRefusedWithTheRemedy(@TempDir Path empty) throws IOException {
    ShardSet none = TestShards.write(empty, new ShardSettings(LENGTH, 5), 0);

    assertThatThrownBy(() -> BatchStream.training(shards, CORRUPTION, 67, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("66 segments do not fill one batch of 67");
    assertThatThrownBy(() -> BatchStream.validation(none, CORRUPTION, 1, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no segment");
    assertThatThrownBy(() -> BatchStream.training(shards, CORRUPTION, 4, 1, 65))
        .hasMessageContaining("allowed are 1 to 64");
    assertThatThrownBy(() -> BatchStream.training(shards, CORRUPTION, 0, 1))
        .hasMessageContaining("batch of 0");
    SpanCorruption longer = SpanCorruption.of(TestShards.VOCABULARY, 128, 0.15, 3);
    assertThatThrownBy(() -> BatchStream.training(shards, longer, 4, 1))
        .hasMessageContaining("segments of %d tokens, inputs of 128 need 141".formatted(LENGTH));
    SpanCorruption other = SpanCorruption.of(new VocabularySpec(500, "x"), 32, 0.15, 3);
    assertThatThrownBy(() -> BatchStream.training(shards, other, 4, 1))
        .hasMessageContaining("run prepare with this vocabulary");
  }

  /** The whole stream in a list, by the same permutations: [segment, epoch] each. */
  private static List<long[]> naive(ShardSet shards, long seed, int window, int epochs) {
    long key = Draws.key(seed, 1);
    List<List<Long>> groups = new ArrayList<>();
    shards
        .rowGroups()
        .forEach(
            g ->
                groups.add(
                    LongStream.range(g.firstSegment(), g.firstSegment() + g.rows())
                        .boxed()
                        .toList()));
    List<long[]> stream = new ArrayList<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = new Draws(key, epoch).permutation(groups.size());
      for (int w = 0; w * window < order.length; w++) {
        List<Long> inWindow = new ArrayList<>();
        for (int i = w * window; i < Math.min(order.length, (w + 1) * window); i++) {
          inWindow.addAll(groups.get(order[i]));
        }
        for (int place : new Draws(key, epoch, w).permutation(inWindow.size())) {
          stream.add(new long[] {inWindow.get(place), epoch});
        }
      }
    }
    return stream;
  }

  private static void assertSequence(Batch batch, int i, long corruptionSeed) {
    long id = batch.segmentIds()[i];
    int[] tokens = IntStream.range(0, LENGTH).map(p -> TestShards.token(id, p)).toArray();
    boolean[] mask = CORRUPTION.mask(corruptionSeed, id, batch.epochs()[i]);
    int[] targets = CORRUPTION.targets(tokens, mask);
    int[] shifted = new int[batch.decoderLength()];
    System.arraycopy(targets, 0, shifted, 1, targets.length - 1);
    Batch one = batch.slice(i, i + 1);

    assertThat(one.encoderInputTokens())
        .isEqualTo(Arrays.copyOf(CORRUPTION.inputs(tokens, mask), batch.encoderLength()));
    assertThat(one.decoderTargetTokens()).isEqualTo(Arrays.copyOf(targets, batch.decoderLength()));
    assertThat(one.decoderInputTokens()).isEqualTo(shifted);
    assertThat(one.targetTokens()).isEqualTo(targets.length);
  }
}
