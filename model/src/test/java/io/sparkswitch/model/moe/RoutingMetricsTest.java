package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Four tokens and a padding between them, three experts, counted by hand.
 *
 * <p>The router's weight is the identity and its input log p + c: the probabilities are p, the
 * logarithm of the logits' sum is c.
 */
class RoutingMetricsTest {
  private static final double[][] P = {
    {.70, .20, .10}, {.60, .30, .10}, {.05, .05, .90}, {.50, .10, .40}, {.15, .80, .05}
  };
  private static final double[] C = {1, -2, 9, 3, 0.5};
  private static final boolean[] REAL = {true, true, false, true, true};

  /** Mean of c² over the four tokens: (1 + 4 + 9 + 0.25) / 4. */
  private static final double Z = 14.25 / 4;

  /**
   * 3 · Σ f·P: three quarters first ask for expert 0, whose mean probability is 1.95 / 4, a quarter
   * for expert 1 with 1.40 / 4.
   */
  private static final double AUXILIARY = 3 * (0.75 * 1.95 / 4 + 0.25 * 1.40 / 4);

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void top1DropsTheThirdTokenThatAsksForAnExpertOfTwoSlots() {
    // ceil(4 / 3 · 1.0) = 2
    LayerMetrics metrics = metrics(Selection.topK(1), 1.0);
    assertThat(metrics.fractionTokensLeftBehind()).isEqualTo(0.25);
    assertShared(metrics);
  }

  @Test
  void top2LeavesBehindWhomBothExpertsRefuse() {
    // ceil(2 · 4 / 3 · 0.25) = 1. First choices: token 0 has expert 0, token 4 has 1. Second ones:
    // 0 and 1 find expert 1 full, token 3 has expert 2, 4 finds 0 full. Only token 1 has none.
    LayerMetrics metrics = metrics(Selection.topK(2), 0.25);
    assertThat(metrics.fractionTokensLeftBehind()).isEqualTo(0.25);
    assertShared(metrics);
    // ceil(2 · 4 / 3 · 0.5) = 2. First: 0 and 1 have expert 0, 4 has 1; second: 0 has 1 too, 3 has
    // 2.
    assertThat(metrics(Selection.topK(2), 0.5).fractionTokensLeftBehind()).isZero();
  }

  @Test
  void noTokenLeftBehindReroutesTheThirdToken() {
    // Two slots: token 3 overflows expert 0 and finds room at 2.
    LayerMetrics metrics = metrics(Selection.noTokenLeftBehind(2), 1.0);
    assertThat(metrics.fractionTokensLeftBehind()).isZero();
    assertShared(metrics);
  }

  @Test
  void noTokenLeftBehindStillDropsWhomEveryStageRefuses() {
    // ceil(4 / 3 · 0.5) = 1. Stage 1: 0 and 4 are placed; stage 2: 1 finds expert 1 full, 3 has 2.
    LayerMetrics metrics = metrics(Selection.noTokenLeftBehind(2), 0.5);
    assertThat(metrics.fractionTokensLeftBehind()).isEqualTo(0.25);
    assertShared(metrics);
  }

  @Test
  void ranksAndMicroBatchesAddUp() {
    LayerMetrics one = metrics(Selection.topK(1), 1.0);
    LayerMetrics sum = one.plus(one);
    assertThat(sum.tokens()).isEqualTo(8);
    assertThat(sum.dropped()).isEqualTo(2);
    assertThat(sum.fractionTokensLeftBehind()).isEqualTo(0.25);
    assertThat(sum.routerConfidence()).isCloseTo(one.routerConfidence(), within(1e-12));
    assertThat(sum.expertUsage()).containsExactly(0.75, 0.25, 0);
    assertThat(sum.auxiliaryLoss()).isCloseTo(2 * AUXILIARY, within(1e-9));
    LayerMetrics elsewhere = new LayerMetrics("decoder.1", 0, 0, 0, 0, 0, new long[3]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> one.plus(elsewhere))
        .withMessage("cannot add decoder.1 to encoder.1");
  }

  @Test
  void withoutTokensNothingIsLeftBehindAndTheLoadIsBalanced() {
    LayerMetrics none = new LayerMetrics("encoder.1", 0, 0, 0, 0, 0, new long[3]);
    assertThat(none.fractionTokensLeftBehind()).isZero();
    assertThat(none.routerConfidence()).isZero();
    assertThat(none.expertUsage()).containsExactly(0, 0, 0);
    assertThat(none.loadImbalance()).isEqualTo(1);
  }

  /** What no selection and no capacity changes: all of it is about first choices. */
  private static void assertShared(LayerMetrics metrics) {
    assertThat(metrics.layer()).isEqualTo("encoder.1");
    assertThat(metrics.tokens()).isEqualTo(4);
    assertThat(metrics.expertTokens()).containsExactly(3, 1, 0);
    assertThat(metrics.expertUsage()).containsExactly(0.75, 0.25, 0);
    assertThat(metrics.loadImbalance()).isCloseTo(2.25, within(1e-12)); // 3 tokens, mean 4 / 3
    assertThat(metrics.routerConfidence()).isCloseTo((.7 + .6 + .5 + .8) / 4, within(1e-6));
    assertThat(metrics.auxiliaryLoss()).isCloseTo(AUXILIARY, within(1e-9));
    assertThat(metrics.routerZLoss()).isCloseTo(Z, within(1e-9));
  }

  private static LayerMetrics metrics(Selection selection, double factor) {
    int experts = P[0].length;
    double[] h = new double[P.length * experts];
    for (int t = 0; t < P.length; t++) {
      for (int e = 0; e < experts; e++) {
        h[t * experts + e] = Math.log(P[t][e]) + C[t];
      }
    }
    Tensor identity = Tensors.zeros(ScalarType.Double, experts, experts);
    identity.fill_diagonal_(Tensors.scalar(1));
    RoutingRule rule =
        new RoutingRule(
            selection, Capacity.factor(factor), Exploration.argmax(), RouterLossFactors.none());
    TokenGroups groups = new TokenGroups(1, P.length, 1, Arrays.copyOf(REAL, REAL.length), 0, 4);
    return new Router("encoder.1", 1, identity, ScalarType.Double)
        .route(Doubles.tensor(h, P.length, experts), groups, rule, new Noise(0, 0))
        .metrics();
  }
}
