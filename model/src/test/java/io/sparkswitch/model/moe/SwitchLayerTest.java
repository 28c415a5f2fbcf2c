package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.layer.RmsNorm;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SwitchLayerTest {
  private static final int SEQUENCES = 6;
  private static final int LENGTH = 7;
  private static final int TOKENS = SEQUENCES * LENGTH;
  private static final int EMBED = 5;
  private static final int MLP = 9;
  private static final int EXPERTS = 4;

  private final double[] x = Doubles.draws(1, TOKENS * EMBED);
  private final double[] norm = Doubles.draws(2, EMBED);
  private final double[] weight = Doubles.draws(3, EXPERTS * EMBED);
  private final double[][] in = new double[EXPERTS][];
  private final double[][] out = new double[EXPERTS][];
  private final boolean[] real = new boolean[TOKENS];
  private final List<LayerMetrics> metrics = new ArrayList<>();

  private PointerScope scope;
  private LocalExchange exchange;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    exchange = LocalExchange.group(1).get(0);
    SplittableRandom random = new SplittableRandom(9);
    for (int t = 0; t < TOKENS; t++) {
      real[t] = random.nextInt(5) > 0;
    }
    for (int e = 0; e < EXPERTS; e++) {
      in[e] = Doubles.draws(10L + e, MLP * EMBED);
      out[e] = Doubles.draws(20L + e, EMBED * MLP);
    }
  }

  @AfterEach
  void close() {
    exchange.close();
    scope.close();
  }

  static Stream<Arguments> rules() {
    List<Selection> selections =
        List.of(
            Selection.topK(1),
            Selection.topK(2),
            Selection.topK(EXPERTS),
            new Selection(Selection.Kind.TOP_K, 2, true),
            new Selection(Selection.Kind.TOP_K, 3, true),
            Selection.noTokenLeftBehind(2),
            Selection.noTokenLeftBehind(EXPERTS));
    return selections.stream()
        .flatMap(
            s ->
                Stream.of(
                    Arguments.of(s, 0.25, 1),
                    Arguments.of(s, 0.5, 1),
                    Arguments.of(s, 1.0, 2),
                    Arguments.of(s, 1.25, 4),
                    Arguments.of(s, 2.0, 6),
                    Arguments.of(s, Double.POSITIVE_INFINITY, 6)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void outputEqualsANaiveLoopOverTokens(Selection selection, double factor, int group) {
    double[] expected = x.clone();
    boolean[] kept = naive(selection, factor, group, expected);
    RoutingRule rule =
        new RoutingRule(
            selection, Capacity.factor(factor), Exploration.argmax(), RouterLossFactors.none());
    double[] actual = Doubles.of(apply(rule, group));
    assertThat(Doubles.distance(actual, expected)).isLessThan(1e-12);
    int tokens = 0;
    int computed = 0;
    for (int t = 0; t < TOKENS; t++) {
      tokens += real[t] ? 1 : 0;
      computed += kept[t] ? 1 : 0;
    }
    assertThat(metrics.get(0).tokens()).isEqualTo(tokens);
    assertThat(metrics.get(0).dropped()).isEqualTo(tokens - computed);
  }

  @Test
  void overflowingTokensAndPaddingReturnZerosSoThatTheResidualAloneRemains() {
    boolean[] kept = naive(Selection.topK(1), 0.5, 2, x.clone());
    double[] actual = Doubles.of(apply(RoutingRule.top1(Capacity.factor(0.5)), 2));
    int overflowing = 0;
    for (int t = 0; t < TOKENS; t++) {
      double[] row = Arrays.copyOfRange(actual, t * EMBED, (t + 1) * EMBED);
      double[] before = Arrays.copyOfRange(x, t * EMBED, (t + 1) * EMBED);
      if (kept[t]) {
        assertThat(row).isNotEqualTo(before);
      } else {
        assertThat(row).isEqualTo(before);
        overflowing += real[t] ? 1 : 0;
      }
    }
    assertThat(overflowing).isPositive();
    assertThat(metrics.get(0).dropped()).isEqualTo(overflowing);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void theRouterDecidesAlikeForOneRankAndForMany(int ranks) {
    Tensor h = Doubles.tensor(x, TOKENS, EMBED);
    RoutingRule rule =
        new RoutingRule(
            Selection.topK(1),
            Capacity.factor(1),
            Exploration.jitter(0.3),
            RouterLossFactors.paper(0.01));
    Routing whole = route(h, 0, SEQUENCES, rule);
    List<Integer> index = new ArrayList<>();
    List<Boolean> kept = new ArrayList<>();
    int share = SEQUENCES / ranks; // groups of one sequence: any cut holds whole groups
    for (int from = 0; from < SEQUENCES; from += share) {
      Routing part = route(h, from, from + share, rule);
      for (int t = 0; t < share * LENGTH; t++) {
        index.add(part.expertIndex()[t]);
        kept.add(part.kept()[t]);
      }
    }
    for (int t = 0; t < TOKENS; t++) {
      assertThat(index.get(t)).isEqualTo(whole.expertIndex()[t]);
      assertThat(kept.get(t)).isEqualTo(whole.kept()[t]);
    }
    assertThat(whole.metrics().dropped()).isPositive();
    Routing quiet = route(h, 0, SEQUENCES, RoutingRule.top1(Capacity.factor(1)));
    assertThat(whole.expertIndex()).as("jitter matters").isNotEqualTo(quiet.expertIndex());
  }

  private Routing route(Tensor h, int from, int to, RoutingRule rule) {
    boolean[] own = Arrays.copyOfRange(real, from * LENGTH, to * LENGTH);
    TokenGroups groups = new TokenGroups(to - from, LENGTH, 1, own, from, TOKENS);
    Tensor rows = h.narrow(0, (long) from * LENGTH, (long) (to - from) * LENGTH);
    return router().route(rows, groups, rule, new Noise(4, 2));
  }

  private Router router() {
    return new Router("encoder.1", 1, Doubles.tensor(weight, EXPERTS, EMBED), ScalarType.Double);
  }

  private Tensor apply(RoutingRule rule, int group) {
    List<Expert> experts = new ArrayList<>();
    for (int e = 0; e < EXPERTS; e++) {
      Tensor input = Doubles.tensor(in[e], MLP, EMBED);
      FeedForward expert = new FeedForward(input, null, Doubles.tensor(out[e], EMBED, MLP));
      experts.add(expert::section);
    }
    Tag position = new Tag(0, 0, 0, 0, Direction.CONTROL);
    Pass pass = Pass.inference(exchange, position, rule);
    TokenGroups groups = new TokenGroups(SEQUENCES, LENGTH, group, real, 0, TOKENS);
    Tensor residual = Doubles.tensor(x, TOKENS, EMBED);
    Tensor h = RmsNorm.apply(residual, Doubles.tensor(norm, EMBED));
    SwitchLayer layer = new SwitchLayer(router(), experts, EMBED);
    Tensor y = layer.apply(h, pass, groups, new RouterLosses(pass, groups, true));
    metrics.addAll(pass.seen().metrics());
    return residual.add(y);
  }

  /**
   * Adds p(x) · E(x) of each token in turn, while its expert has room; second choices after all
   * first ones, and those of No-Token-Left-Behind for tokens without an expert alone.
   */
  private boolean[] naive(Selection selection, double factor, int group, double[] y) {
    boolean once = selection.kind() == Selection.Kind.NO_TOKEN_LEFT_BEHIND;
    boolean[] kept = new boolean[TOKENS];
    for (int first = 0; first < TOKENS; first += group * LENGTH) {
      int last = Math.min(TOKENS, first + group * LENGTH);
      int tokens = 0;
      for (int t = first; t < last; t++) {
        tokens += real[t] ? 1 : 0;
      }
      int asked = once ? 1 : selection.choices();
      // The factors are binary fractions.
      double capacity = Math.ceil(asked * tokens * factor / EXPERTS);
      int[] taken = new int[EXPERTS];
      for (int choice = 0; choice < selection.choices(); choice++) {
        for (int t = first; t < last; t++) {
          double[] h = normed(t);
          double[] p = softmax(product(weight, h));
          int expert = ranked(p)[choice];
          if (real[t] && !(once && kept[t]) && taken[expert] < capacity) {
            taken[expert]++;
            kept[t] = true;
            add(expert, gate(p, choice, selection), h, y, t);
          }
        }
      }
    }
    return kept;
  }

  private void add(int expert, double gate, double[] h, double[] y, int t) {
    double[] hidden = product(in[expert], h);
    double[] result =
        product(out[expert], Arrays.stream(hidden).map(v -> Math.max(0, v)).toArray());
    for (int d = 0; d < EMBED; d++) {
      y[t * EMBED + d] += gate * result[d];
    }
  }

  private static double gate(double[] p, int choice, Selection selection) {
    int[] ranked = ranked(p);
    double sum = Arrays.stream(ranked).limit(selection.choices()).mapToDouble(e -> p[e]).sum();
    return p[ranked[choice]] / (selection.renormalise() ? sum : 1);
  }

  private static int[] ranked(double[] p) {
    Comparator<Integer> byProbability = Comparator.comparingDouble(e -> -p[e]);
    return IntStream.range(0, p.length).boxed().sorted(byProbability).mapToInt(e -> e).toArray();
  }

  private double[] normed(int token) {
    double square = 0;
    for (int d = 0; d < EMBED; d++) {
      square += x[token * EMBED + d] * x[token * EMBED + d] / EMBED;
    }
    double[] h = new double[EMBED];
    for (int d = 0; d < EMBED; d++) {
      h[d] = x[token * EMBED + d] / Math.sqrt(square + 1e-6) * norm[d];
    }
    return h;
  }

  private static double[] product(double[] matrix, double[] vector) {
    double[] product = new double[matrix.length / vector.length];
    for (int r = 0; r < product.length; r++) {
      for (int c = 0; c < vector.length; c++) {
        product[r] += matrix[r * vector.length + c] * vector[c];
      }
    }
    return product;
  }

  private static double[] softmax(double[] logits) {
    double[] p = Arrays.stream(logits).map(Math::exp).toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }
}
