package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.moe.Selection.Kind;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Decisions of random routers, for every selection and every law of capacity. */
class RouterTest {
  private static final int EMBED = 4;

  /** Tokens and their groups. */
  record Tokens(int sequences, int length, int group, boolean pads, long seed) {
    int count() {
      return sequences * length;
    }

    TokenGroups groups() {
      boolean[] real = new boolean[count()];
      SplittableRandom random = new SplittableRandom(~seed);
      for (int t = 0; t < real.length; t++) {
        real[t] = !pads || random.nextInt(3) > 0;
      }
      return new TokenGroups(sequences, length, group, real, 0, Math.max(1, real.length));
    }

    int groupOf(int token) {
      return token / length / group;
    }
  }

  /**
   * @param factor as text, so that 1.1 is 1.1
   */
  record Law(Capacity.Kind kind, String factor, int fixed) {
    Capacity capacity() {
      return new Capacity(kind, Double.parseDouble(factor), fixed);
    }

    /** From the paper: choices · tokens / experts · factor. */
    int slots(int tokens, int experts, int choices) {
      return switch (kind) {
        case DROPLESS -> Integer.MAX_VALUE;
        case FIXED -> fixed;
        case SHARE_ROUNDED_UP -> share(tokens, experts, choices, RoundingMode.CEILING);
        case SHARE_ROUNDED_DOWN -> share(tokens, experts, choices, RoundingMode.FLOOR);
      };
    }

    private int share(int tokens, int experts, int choices, RoundingMode mode) {
      return BigDecimal.valueOf((long) choices * tokens)
          .multiply(new BigDecimal(factor))
          .divide(BigDecimal.valueOf(experts), 0, mode)
          .intValueExact();
    }
  }

  /** A router, its tokens, and its rule; {@code sampled} experts are drawn. */
  record Case(int experts, Tokens tokens, Selection selection, Law law, boolean sampled) {
    RoutingRule rule() {
      Exploration exploration =
          sampled ? new Exploration(Exploration.Kind.SAMPLE_SOFTMAX, 0) : Exploration.argmax();
      return new RoutingRule(selection, law.capacity(), exploration, RouterLossFactors.none());
    }

    Routing route() {
      Tensor weight = Doubles.normal(tokens.seed, experts, EMBED);
      Tensor h = Doubles.normal(tokens.seed + 1, tokens.count(), EMBED);
      return new Router("r", 3, weight, ScalarType.Double)
          .route(h, tokens.groups(), rule(), new Noise(tokens.seed, 2));
    }

    int capacity(int group) {
      return law.slots(tokens.groups().realTokens(group), experts, selection.expertsPerToken());
    }
  }

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Tokens> tokens =
        Combinators.combine(
                Arbitraries.integers().between(0, 6),
                Arbitraries.integers().between(1, 7),
                Arbitraries.integers().between(1, 6),
                Arbitraries.of(true, false),
                Arbitraries.longs().between(0, 1_000_000))
            .as(Tokens::new);
    Arbitrary<Law> laws =
        Combinators.combine(
                Arbitraries.of(Capacity.Kind.class),
                Arbitraries.of("0.3", "0.5", "1.0", "1.1", "1.25", "2.0", "100"),
                Arbitraries.integers().between(1, 5))
            .as(Law::new);
    return Arbitraries.integers()
        .between(1, 6)
        .flatMap(
            experts ->
                Combinators.combine(tokens, selections(experts), laws, Arbitraries.of(true, false))
                    .as((t, s, l, sampled) -> new Case(experts, t, s, l, sampled)));
  }

  private static Arbitrary<Selection> selections(int experts) {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(1, experts),
            Arbitraries.of(true, false))
        .as((kind, n, sums) -> new Selection(kind, n, sums && kind == Kind.TOP_K && n > 1));
  }

  @Property(tries = 300)
  void theExpertsAskedForAreTheMostProbableOnesInTheirOrder(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Routing routing = c.route();
      double[] logits = Doubles.of(routing.logits());
      for (int t = 0; t < c.tokens.count(); t++) {
        int[] asked = asked(c, routing, t);
        if (!c.tokens.groups().real()[t]) {
          assertThat(asked).containsOnly(-1);
        } else if (c.sampled) {
          assertThat(asked).doesNotHaveDuplicates();
          assertThat(Arrays.stream(asked)).allMatch(e -> e >= 0 && e < c.experts);
        } else {
          assertThat(asked).isEqualTo(ranked(c, logits, t));
        }
      }
    }
  }

  private static int[] asked(Case c, Routing routing, int token) {
    int n = c.selection.choices();
    return Arrays.copyOfRange(routing.expertIndex(), token * n, (token + 1) * n);
  }

  private static int[] ranked(Case c, double[] logits, int token) {
    Comparator<Integer> byLogit = Comparator.comparingDouble(e -> -logits[token * c.experts + e]);
    return IntStream.range(0, c.experts)
        .boxed()
        .sorted(byLogit)
        .limit(c.selection.choices())
        .mapToInt(e -> e)
        .toArray();
  }

  /**
   * The whole law of placement: requests are heard by choice, then by position; one is kept if its
   * expert has room left by those heard before, and with No-Token-Left-Behind if its token has no
   * expert yet.
   */
  @Property(tries = 500)
  void aRequestIsKeptExactlyWhenItsTurnFindsRoom(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Routing routing = c.route();
      int n = c.selection.choices();
      for (int request = 0; request < routing.kept().length; request++) {
        int token = request / n;
        int choice = request % n;
        int expert = routing.expertIndex()[request];
        boolean placed = false;
        for (int earlier = 0; earlier < choice; earlier++) {
          placed |= routing.kept()[token * n + earlier];
        }
        boolean waits = c.selection.kind() == Kind.TOP_K || !placed;
        boolean room = heardBefore(c, routing, request) < c.capacity(c.tokens.groupOf(token));
        assertThat(routing.kept()[request]).isEqualTo(expert >= 0 && waits && room);
      }
    }
  }

  /** Kept requests of the same group for the same expert that were heard before. */
  private static int heardBefore(Case c, Routing routing, int request) {
    int n = c.selection.choices();
    int count = 0;
    for (int other = 0; other < routing.kept().length; other++) {
      boolean before =
          other % n < request % n || (other % n == request % n && other / n < request / n);
      boolean rival =
          c.tokens.groupOf(other / n) == c.tokens.groupOf(request / n)
              && routing.expertIndex()[other] == routing.expertIndex()[request];
      count += before && rival && routing.kept()[other] ? 1 : 0;
    }
    return count;
  }

  @Property(tries = 300)
  void noExpertTakesMoreThanItsCapacityFromAGroup(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Routing routing = c.route();
      int[][] taken = new int[c.tokens.groups().groups()][c.experts];
      for (int request = 0; request < routing.kept().length; request++) {
        if (routing.kept()[request]) {
          int group = c.tokens.groupOf(request / c.selection.choices());
          taken[group][routing.expertIndex()[request]]++;
        }
      }
      for (int g = 0; g < taken.length; g++) {
        assertThat(Arrays.stream(taken[g]).max().orElseThrow()).isLessThanOrEqualTo(c.capacity(g));
      }
    }
  }

  @Property(tries = 300)
  void rowsLeaveByExpertThenByPositionWithTheRawProbabilityOfTheirExpert(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Routing routing = c.route();
      double[] logits = Doubles.of(routing.logits());
      double[] gates = Doubles.of(routing.combineWeights());
      int n = c.selection.choices();
      int row = 0;
      for (int e = 0; e < c.experts; e++) {
        int count = 0;
        for (int request = 0; request < routing.kept().length; request++) {
          if (routing.kept()[request] && routing.expertIndex()[request] == e) {
            assertThat(routing.tokens()[row]).isEqualTo(request / n);
            assertThat(gates[row]).isCloseTo(gate(c, routing, logits, request), within(1e-12));
            row++;
            count++;
          }
        }
        assertThat(routing.expertCounts()[e]).isEqualTo(count);
      }
      assertThat(routing.tokens()).hasSize(row);
      assertThat(gates).hasSize(row);
    }
  }

  private static double gate(Case c, Routing routing, double[] logits, int request) {
    int token = request / c.selection.choices();
    double own = Math.exp(logits[token * c.experts + routing.expertIndex()[request]]);
    IntStream sum =
        c.selection.renormalise()
            ? Arrays.stream(asked(c, routing, token))
            : IntStream.range(0, c.experts);
    return own / sum.mapToDouble(e -> Math.exp(logits[token * c.experts + e])).sum();
  }

  @Property(tries = 300)
  void everyRealTokenIsKeptReroutedOrDroppedAndPaddingIsNone(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Routing routing = c.route();
      int n = c.selection.choices();
      int atMost = c.selection.kind() == Kind.TOP_K ? n : 1;
      long dropped = 0;
      long real = 0;
      long[] first = new long[c.experts];
      for (int t = 0; t < c.tokens.count(); t++) {
        int kept = 0;
        for (int choice = 0; choice < n; choice++) {
          kept += routing.kept()[t * n + choice] ? 1 : 0;
        }
        if (c.tokens.groups().real()[t]) {
          assertThat(kept).isBetween(0, atMost);
          dropped += kept == 0 ? 1 : 0;
          first[routing.expertIndex()[t * n]]++;
          real++;
        } else {
          assertThat(kept).isZero();
        }
      }
      assertThat(routing.metrics().dropped()).isEqualTo(dropped);
      assertThat(routing.metrics().tokens()).isEqualTo(real);
      assertThat(routing.metrics().expertTokens()).isEqualTo(first);
    }
  }

  /** With as many stages as experts and a slot for every token none is left behind. */
  @Property(tries = 200)
  void asManyStagesAsExpertsLeaveNoTokenBehind(@ForAll("cases") Case c) {
    try (PointerScope scope = new PointerScope()) {
      Case all =
          new Case(
              c.experts,
              c.tokens,
              Selection.noTokenLeftBehind(c.experts),
              new Law(Capacity.Kind.SHARE_ROUNDED_UP, "1.0", 0),
              c.sampled);
      assertThat(all.route().metrics().dropped()).isZero();
    }
  }
}
