package io.sparkswitch.data.batch.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.batch.order.Draws;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MixturePlanTest {
  @Property(tries = 300)
  void everySequenceIsThatOfANaiveTwin(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 9) Integer> weights,
      @ForAll @Size(6) List<@LongRange(min = 1, max = 60) Long> sizes,
      @ForAll @Size(6) List<@IntRange(min = 0, max = 3) Integer> caps,
      @ForAll @IntRange(min = 60, max = 90) int block,
      @ForAll long seed) {
    Mixture mixture = mixture(weights, caps, block);
    long[] size = IntStream.range(0, weights.size()).mapToLong(sizes::get).toArray();
    MixturePlan plan = new MixturePlan(mixture, size, seed);
    int length = (int) Math.min(plan.sequences(), 20L * block);
    List<MixturePlan.Slot> twin = naive(mixture, size, seed, length);

    assertThat(twin).hasSize(length);
    long[] used = new long[size.length];
    for (int i = 0; i < length; i++) {
      int n = (int) (i * 7919L % length); // any order of asking
      assertThat(plan.at(n)).isEqualTo(twin.get(n));
      for (int p = 0; p < size.length; p++) {
        assertThat(plan.used(p, i)).isEqualTo(used[p]);
      }
      used[twin.get(i).part()]++;
    }
    for (int p = 0; p < size.length; p++) {
      assertThat(plan.used(p, length)).isEqualTo(used[p]);
    }
  }

  @Test
  void everyBlockHoldsItsExactCountsInAnotherOrder() {
    Mixture mixture = Mixture.ofWeights(Map.of("a", 5.0, "b", 3.0, "c", 2.0)).inBlocksOf(1000);
    MixturePlan plan = new MixturePlan(mixture, new long[] {10, 10, 10}, 3);
    List<List<Integer>> blocks = new ArrayList<>();
    for (long block : new long[] {0, 1, 7, 1L << 40}) {
      List<Integer> parts = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        parts.add(plan.at(block * 1000 + i).part());
      }
      assertThat(parts.stream().filter(p -> p == 0).count()).isEqualTo(500);
      assertThat(parts.stream().filter(p -> p == 1).count()).isEqualTo(300);
      assertThat(parts.stream().filter(p -> p == 2).count()).isEqualTo(200);
      blocks.add(parts);
    }
    assertThat(blocks).doesNotHaveDuplicates();
    assertThat(plan.at(1L << 50).k()).isBetween((1L << 50) / 5 - 1000, (1L << 50) / 2);
  }

  @Test
  void remaindersGoToTheLargestAndTiesToTheFirst() {
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "b", 1.0, "c", 1.0)).inBlocksOf(100);
    MixturePlan plan = new MixturePlan(mixture, new long[] {1, 1, 1}, 3);
    assertThat(new long[] {plan.used(0, 100), plan.used(1, 100), plan.used(2, 100)})
        .containsExactly(34, 33, 33);

    Mixture uneven = Mixture.ofWeights(Map.of("a", 1.2, "b", 1.2, "c", 7.6)).inBlocksOf(10);
    MixturePlan other = new MixturePlan(uneven, new long[] {1, 1, 1}, 3);
    assertThat(new long[] {other.used(0, 10), other.used(1, 10), other.used(2, 10)})
        .containsExactly(1, 1, 8);
  }

  @Test
  void aPartEndsAtItsCapAndItsShareGoesToTheOthers() {
    Mixture mixture =
        Mixture.ofWeights(Map.of("a", 2.0, "b", 1.0, "c", 1.0)).inBlocksOf(100).atMost("a", 3);
    // 3 passes over 125 segments: seven blocks of 50, and 25 in the eighth.
    MixturePlan plan = new MixturePlan(mixture, new long[] {125, 10, 10}, 3);

    assertThat(plan.used(0, 700)).isEqualTo(350);
    assertThat(plan.used(0, 800)).isEqualTo(375);
    assertThat(plan.used(0, 1_000_000)).isEqualTo(375);
    assertThat(plan.used(1, 900) - plan.used(1, 800)).isEqualTo(50);
    assertThat(plan.sequences()).isEqualTo(Long.MAX_VALUE);
    assertThat(plan.cappings()).containsExactly(new Capping("a", 3, 800));
  }

  @Test
  void aMixtureOfCappedPartsEndsWhenAllAreUsedUp() {
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "b", 1.0)).inBlocksOf(10).atMost(2);
    MixturePlan plan = new MixturePlan(mixture, new long[] {7, 31}, 3);

    assertThat(plan.sequences()).isEqualTo(76);
    assertThat(plan.used(0, 76)).isEqualTo(14);
    assertThat(plan.used(1, 76)).isEqualTo(62);
    assertThat(plan.cappings()).containsExactly(new Capping("a", 2, 30), new Capping("b", 2, 76));
    assertThatThrownBy(() -> plan.at(76)).hasMessage("sequence 76 of a mixture of 76");
  }

  @Test
  void aPartThatABlockCannotHoldIsRefusedWithTheBlockThatCan() {
    Mixture mixture = Mixture.ofWeights(Map.of("en", 9999.0, "yo", 1.0)).inBlocksOf(1000);

    assertThatThrownBy(() -> new MixturePlan(mixture, new long[] {1, 1}, 3))
        .hasMessageContaining("part yo has a share of 0.000100")
        .hasMessageContaining("blocks of at least 10000");
  }

  private static Mixture mixture(List<Integer> weights, List<Integer> caps, int block) {
    List<MixturePart> parts = new ArrayList<>();
    for (int p = 0; p < weights.size(); p++) {
      int cap = caps.get(p) == 0 ? MixturePart.UNCAPPED : caps.get(p);
      parts.add(new MixturePart("p" + p, weights.get(p), cap));
    }
    return new Mixture(parts, block);
  }

  /** Block after block, with what each part has left. */
  private static List<MixturePlan.Slot> naive(Mixture mixture, long[] sizes, long seed, int until) {
    long[] left = new long[sizes.length];
    for (int p = 0; p < left.length; p++) {
      MixturePart part = mixture.parts().get(p);
      left[p] = part.capped() ? sizes[p] * part.maxEpochs() : Long.MAX_VALUE / 2;
    }
    long[] used = new long[left.length];
    List<MixturePlan.Slot> slots = new ArrayList<>();
    for (long block = 0; slots.size() < until; block++) {
      List<Integer> parts = new ArrayList<>();
      dealOut(mixture, left).forEach((p, n) -> IntStream.range(0, n).forEach(i -> parts.add(p)));
      for (int place : new Draws(seed, block).permutation(parts.size())) {
        int p = parts.get(place);
        slots.add(new MixturePlan.Slot(p, used[p]++));
        left[p]--;
      }
    }
    return slots.subList(0, until);
  }

  /** Counts of one block, in exact arithmetic. */
  private static Map<Integer, Integer> dealOut(Mixture mixture, long[] left) {
    Map<Integer, Integer> counts = new TreeMap<>();
    int total = mixture.blockSequences();
    while (true) {
      List<Integer> open = new ArrayList<>();
      IntStream.range(0, left.length)
          .filter(p -> left[p] > 0 && !counts.containsKey(p))
          .forEach(open::add);
      int free = total - counts.values().stream().mapToInt(Integer::intValue).sum();
      Map<Integer, Integer> quota = quota(mixture, open, free);
      List<Integer> over = open.stream().filter(p -> quota.get(p) > left[p]).toList();
      over.forEach(p -> counts.put(p, (int) left[p]));
      if (over.isEmpty()) {
        counts.putAll(quota);
        return counts;
      }
    }
  }

  private static Map<Integer, Integer> quota(Mixture mixture, List<Integer> open, int total) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int p : open) {
      sum = sum.add(BigDecimal.valueOf(mixture.parts().get(p).weight()));
    }
    Map<Integer, Integer> counts = new TreeMap<>();
    BigDecimal[] remainder = new BigDecimal[mixture.parts().size()];
    Arrays.fill(remainder, BigDecimal.ZERO);
    int given = 0;
    for (int p : open) {
      BigDecimal exact =
          BigDecimal.valueOf(total)
              .multiply(BigDecimal.valueOf(mixture.parts().get(p).weight()))
              .divide(sum, MathContext.DECIMAL64);
      counts.put(p, exact.setScale(0, RoundingMode.FLOOR).intValueExact());
      remainder[p] =
          exact.subtract(BigDecimal.valueOf(counts.get(p))).setScale(6, RoundingMode.HALF_UP);
      given += counts.get(p);
    }
    open.stream()
        .sorted(Comparator.comparing((Integer p) -> remainder[p].negate()).thenComparing(p -> p))
        .limit(total - given)
        .forEach(p -> counts.merge(p, 1, Integer::sum));
    return counts;
  }
}
