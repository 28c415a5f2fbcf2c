package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Exploration.Kind;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The paper's appendix C: the router strays, the experts see what they always see. */
class ExplorationTest {
  /** bfloat16 holds them exactly; the last expert is one in 3,000 tokens'. */
  private static final double[] LOGITS = {4, 1, 0, -4};

  private static final int EXPERTS = LOGITS.length;
  private static final int LENGTH = 1000;
  private static final Noise NOISE = new Noise(17, 3);

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  static Stream<ScalarType> dtypes() {
    return Stream.of(ScalarType.Double, ScalarType.Float, ScalarType.BFloat16);
  }

  @ParameterizedTest
  @MethodSource("dtypes")
  void sampledExpertsComeAsOftenAsTheSoftmaxSays(ScalarType dtype) {
    int tokens = 400_000;
    Routing routing = route(tokens, sampling(1), dtype, NOISE);
    long[] usage = routing.metrics().expertTokens();
    double[] p = softmax();
    for (int e = 0; e < EXPERTS; e++) {
      double error = Math.sqrt(p[e] * (1 - p[e]) / tokens);
      assertThat(usage[e] / (double) tokens).as("expert %d", e).isCloseTo(p[e], within(4 * error));
    }
  }

  @Test
  void aSecondSampleIsDrawnFromWhatTheFirstLeft() {
    int tokens = 200_000;
    Routing routing = route(tokens, sampling(2), ScalarType.Double, NOISE);
    double[] p = softmax();
    double[][] pairs = new double[EXPERTS][EXPERTS];
    for (int t = 0; t < tokens; t++) {
      pairs[routing.expertIndex()[2 * t]][routing.expertIndex()[2 * t + 1]] += 1.0 / tokens;
    }
    for (int a = 0; a < EXPERTS; a++) {
      for (int b = 0; b < EXPERTS; b++) {
        double expected = a == b ? 0 : p[a] * p[b] / (1 - p[a]);
        double error = Math.sqrt(expected * (1 - expected) / tokens);
        assertThat(pairs[a][b]).as("%d, then %d", a, b).isCloseTo(expected, within(4 * error));
      }
    }
  }

  @Test
  void gatesOfSampledExpertsAreTheirRawProbabilities() {
    Routing routing = route(5000, sampling(1), ScalarType.Double, NOISE);
    double[] p = softmax();
    double[] gates = Doubles.of(routing.combineWeights());
    int row = 0;
    double confidence = 0;
    for (int e = 0; e < EXPERTS; e++) {
      for (int n = 0; n < routing.expertCounts()[e]; n++) {
        assertThat(gates[row++]).isCloseTo(p[e], within(1e-12));
        confidence += p[e] / 5000;
      }
    }
    assertThat(row).isEqualTo(5000);
    assertThat(routing.metrics().routerConfidence()).isCloseTo(confidence, within(1e-6));
  }

  @Test
  void everyStepAndLayerSamplesAnewAndTheSameOneAlike() {
    int[] once = route(50, sampling(1), ScalarType.Double, NOISE).expertIndex();
    assertThat(route(50, sampling(1), ScalarType.Double, NOISE).expertIndex()).isEqualTo(once);
    assertThat(route(50, sampling(1), ScalarType.Double, new Noise(17, 4)).expertIndex())
        .isNotEqualTo(once);
    Router other = new Router("r", 6, identity(), ScalarType.Double);
    Routing elsewhere = other.route(logits(50), groups(50), sampling(1), NOISE);
    assertThat(elsewhere.expertIndex()).isNotEqualTo(once);
  }

  @Test
  void jitterMultipliesTheRoutersInputByUniformDrawsAroundOne() {
    double[] factors = factors(new Exploration(Kind.INPUT_JITTER, 0.2));
    double mean = 0;
    double square = 0;
    for (double factor : factors) {
      assertThat(factor).isBetween(0.8 - 1e-6, 1.2 + 1e-6);
      mean += factor / factors.length;
      square += (factor - 1) * (factor - 1) / factors.length;
    }
    double variance = 0.4 * 0.4 / 12;
    assertThat(mean).isCloseTo(1, within(4 * Math.sqrt(variance / factors.length)));
    // (u - 1/2)² of a uniform u has the variance 1/180.
    assertThat(square)
        .isCloseTo(variance, within(4 * 0.4 * 0.4 / Math.sqrt(180.0 * factors.length)));
  }

  @Test
  void inputDropoutErasesItsShareOfTheRoutersInputAndScalesTheRest() {
    double[] factors = factors(new Exploration(Kind.INPUT_DROPOUT, 0.3));
    double dropped = 0;
    for (double factor : factors) {
      if (factor == 0) {
        dropped++;
      } else {
        assertThat(factor).isCloseTo(1 / 0.7, within(1e-6));
      }
    }
    double error = Math.sqrt(0.3 * 0.7 / factors.length);
    assertThat(dropped / factors.length).isCloseTo(0.3, within(4 * error));
  }

  /** What a router with the identity for a weight makes of ones. */
  private double[] factors(Exploration exploration) {
    int tokens = 10_000;
    double[] ones = new double[tokens * EXPERTS];
    Arrays.fill(ones, 1);
    Router router = new Router("r", 5, identity(), ScalarType.Double);
    Routing routing =
        router.route(
            Doubles.tensor(ones, tokens, EXPERTS), groups(tokens), rule(exploration), NOISE);
    return Doubles.of(routing.logits());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void expertsReceiveTheRowsAsTheyCame(Kind kind) {
    int tokens = 40;
    double[] rows = Doubles.draws(4, tokens * EXPERTS);
    Tensor h = Doubles.tensor(rows, tokens, EXPERTS);
    List<double[]> received = new ArrayList<>();
    List<Expert> experts = new ArrayList<>();
    for (int e = 0; e < EXPERTS; e++) {
      experts.add(
          dropout ->
              new Echo(
                  own -> {
                    received.add(Doubles.of(own));
                    return own.clone();
                  }));
    }
    Seen seen = new Seen();
    RoutingRule rule = rule(new Exploration(kind, kind.name().startsWith("INPUT") ? 0.4 : 0));
    try (LocalExchange exchange = LocalExchange.group(1).get(0)) {
      Pass pass =
          new Pass(
              Tape.inference(),
              exchange,
              new Tag(0, 0, 0, 0, Direction.CONTROL),
              rule,
              new Draws(NOISE, 0, 0),
              seen);
      Router router = new Router("r", 5, identity(), ScalarType.Double);
      TokenGroups groups = groups(tokens);
      new SwitchLayer(router, experts, EXPERTS)
          .apply(h, pass, groups, new RouterLosses(pass, groups, true));
    }
    double[] all = received.stream().flatMapToDouble(Arrays::stream).toArray();
    int[] sent = seen.routing.tokens();
    assertThat(sent).hasSize(tokens);
    for (int row = 0; row < tokens; row++) {
      assertThat(Arrays.copyOfRange(all, row * EXPERTS, (row + 1) * EXPERTS))
          .isEqualTo(Arrays.copyOfRange(rows, sent[row] * EXPERTS, (sent[row] + 1) * EXPERTS));
    }
    assertThat(Doubles.of(h)).as("nothing is changed in place").isEqualTo(rows);
    boolean strays = Doubles.distance(Doubles.of(seen.routing.logits()), rows) > 0.01;
    assertThat(strays).isEqualTo(kind == Kind.INPUT_JITTER || kind == Kind.INPUT_DROPOUT);
  }

  private static final class Seen extends Observations {
    Routing routing;

    @Override
    public void routed(Routing decision) {
      routing = decision;
    }
  }

  private Routing route(int tokens, RoutingRule rule, ScalarType dtype, Noise noise) {
    return new Router("r", 5, identity(), dtype).route(logits(tokens), groups(tokens), rule, noise);
  }

  private static RoutingRule rule(Exploration exploration) {
    return rule(1, exploration);
  }

  private static RoutingRule rule(int k, Exploration exploration) {
    return new RoutingRule(
        Selection.topK(k), Capacity.dropless(), exploration, RouterLossFactors.none());
  }

  private static RoutingRule sampling(int k) {
    return rule(k, new Exploration(Kind.SAMPLE_SOFTMAX, 0));
  }

  private static Tensor logits(int tokens) {
    return Doubles.tensor(LOGITS, 1, EXPERTS).repeat(tokens, 1);
  }

  private static Tensor identity() {
    Tensor weight = Tensors.zeros(ScalarType.Double, EXPERTS, EXPERTS);
    return weight.fill_diagonal_(Tensors.scalar(1));
  }

  private static TokenGroups groups(int tokens) {
    boolean[] real = new boolean[tokens];
    Arrays.fill(real, true);
    int length = Math.min(tokens, LENGTH);
    return new TokenGroups(tokens / length, length, 1, real, 0, tokens);
  }

  private static double[] softmax() {
    double sum = Arrays.stream(LOGITS).map(Math::exp).sum();
    return Arrays.stream(LOGITS).map(v -> Math.exp(v) / sum).toArray();
  }
}
