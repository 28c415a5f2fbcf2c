package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AssignmentTest {
  /**
   * @param factor as text, so that 1.1 is 1.1
   */
  record Case(
      int experts, int sequences, int length, int group, String factor, boolean pads, long seed) {
    int[] choices() {
      return new SplittableRandom(seed).ints((long) sequences * length, 0, experts).toArray();
    }

    TokenGroups groups() {
      boolean[] real = new boolean[sequences * length];
      SplittableRandom random = new SplittableRandom(~seed);
      for (int t = 0; t < real.length; t++) {
        real[t] = !pads || random.nextInt(3) > 0;
      }
      return new TokenGroups(sequences, length, group, real, 0, Math.max(1, real.length));
    }

    RoutingRule rule() {
      return RoutingRule.top1(Capacity.factor(Double.parseDouble(factor)));
    }

    int capacity(int tokens) {
      return BigDecimal.valueOf(tokens)
          .multiply(new BigDecimal(factor))
          .divide(BigDecimal.valueOf(experts), 0, RoundingMode.CEILING)
          .intValueExact();
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(1, 7),
            Arbitraries.integers().between(1, 6),
            Arbitraries.of("0.3", "0.5", "1.0", "1.1", "1.25", "2.0", "100"),
            Arbitraries.of(true, false),
            Arbitraries.longs())
        .as(Case::new);
  }

  @Property(tries = 300)
  void noExpertTakesMoreThanItsCapacityFromAGroup(@ForAll("cases") Case c) {
    TokenGroups groups = c.groups();
    Assignment assignment = Assignment.of(c.choices(), groups, c.rule(), c.experts());
    for (int g = 0; g < groups.groups(); g++) {
      int[] taken = new int[c.experts()];
      for (int t = groups.start(g); t < groups.start(g + 1); t++) {
        if (assignment.kept()[t]) {
          taken[assignment.expertIndex()[t]]++;
        }
      }
      int capacity = c.capacity(groups.realTokens(g));
      assertThat(Arrays.stream(taken).max().orElseThrow()).isLessThanOrEqualTo(capacity);
    }
  }

  @Property(tries = 300)
  void everyRealTokenIsKeptOrDroppedExactlyOnceAndPaddingIsNeither(@ForAll("cases") Case c) {
    TokenGroups groups = c.groups();
    int[] choices = c.choices();
    Assignment assignment = Assignment.of(choices, groups, c.rule(), c.experts());
    int[] sent = new int[groups.tokens()];
    int[] counts = new int[c.experts()];
    for (int token : assignment.order()) {
      sent[token]++;
      counts[choices[token]]++;
    }
    for (int t = 0; t < groups.tokens(); t++) {
      boolean real = groups.real()[t];
      assertThat(assignment.expertIndex()[t]).isEqualTo(real ? choices[t] : -1);
      assertThat(sent[t]).isEqualTo(assignment.kept()[t] ? 1 : 0);
      assertThat(real || !assignment.kept()[t]).isTrue();
    }
    assertThat(assignment.expertCounts()).isEqualTo(counts);
    for (int i = 1; i < assignment.order().length; i++) {
      int before = assignment.order()[i - 1];
      int token = assignment.order()[i];
      assertThat(choices[before] * sent.length + before)
          .as("rows leave by expert, then by position")
          .isLessThan(choices[token] * sent.length + token);
    }
  }

  /** Section 2.2 word by word: each expert has its queue; what exceeds the capacity overflows. */
  @Property(tries = 300)
  void theKeptTokensAreTheFirstOfEachExpertsQueue(@ForAll("cases") Case c) {
    TokenGroups groups = c.groups();
    int[] choices = c.choices();
    boolean[] expected = new boolean[groups.tokens()];
    for (int first = 0; first < c.sequences(); first += c.group()) {
      int last = Math.min(first + c.group(), c.sequences());
      List<List<Integer>> queues = new ArrayList<>();
      for (int e = 0; e < c.experts(); e++) {
        queues.add(new ArrayList<>());
      }
      int tokens = 0;
      for (int t = first * c.length(); t < last * c.length(); t++) {
        if (groups.real()[t]) {
          queues.get(choices[t]).add(t);
          tokens++;
        }
      }
      for (List<Integer> queue : queues) {
        for (int token : queue.subList(0, Math.min(queue.size(), c.capacity(tokens)))) {
          expected[token] = true;
        }
      }
    }
    Assignment assignment = Assignment.of(choices, groups, c.rule(), c.experts());
    assertThat(assignment.kept()).isEqualTo(expected);
  }

  @Property(tries = 200)
  void paddingTakesNoCapacity(@ForAll("cases") Case c) {
    TokenGroups groups = c.groups();
    int[] choices = c.choices();
    for (int g = 0; g < groups.groups(); g++) {
      int start = groups.start(g);
      int[] own = Arrays.copyOfRange(choices, start, groups.start(g + 1));
      boolean[] real = Arrays.copyOfRange(groups.real(), start, groups.start(g + 1));
      int[] compact = new int[groups.realTokens(g)];
      int n = 0;
      for (int t = 0; t < own.length; t++) {
        if (real[t]) {
          compact[n++] = own[t];
        }
      }
      boolean[] all = new boolean[compact.length];
      Arrays.fill(all, true);
      TokenGroups alone = new TokenGroups(1, compact.length, 1, all, 0, groups.tokens());
      boolean[] kept = Assignment.of(compact, alone, c.rule(), c.experts()).kept();
      boolean[] padded = Assignment.of(choices, groups, c.rule(), c.experts()).kept();
      n = 0;
      for (int t = 0; t < own.length; t++) {
        if (real[t]) {
          assertThat(padded[start + t]).isEqualTo(kept[n++]);
        }
      }
    }
  }
}
