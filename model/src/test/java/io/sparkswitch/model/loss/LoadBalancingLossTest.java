package io.sparkswitch.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Doubles;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadBalancingLossTest {
  private static final int EXPERTS = 4;
  private static final int SEQUENCES = 7;
  private static final int LENGTH = 5;

  private PointerScope scope;
  private Tensor probabilities;
  private int[] expertIndex;
  private boolean[] real;
  private long realTokens;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    int tokens = SEQUENCES * LENGTH;
    probabilities = torch.softmax(Doubles.normal(3, tokens, EXPERTS), -1);
    SplittableRandom random = new SplittableRandom(4);
    expertIndex = random.ints(tokens, 0, EXPERTS).toArray();
    real = new boolean[tokens];
    for (int t = 0; t < tokens; t++) {
      real[t] = random.nextInt(4) > 0;
      expertIndex[t] = real[t] ? expertIndex[t] : -1;
      realTokens += real[t] ? 1 : 0;
    }
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void oneExpertForAllTokensAtProbabilitySevenTenthsCostsTwoPointEight() {
    Tensor same = Doubles.tensor(new double[] {.7, .1, .1, .1}, 1, 4).repeat(10, 1);
    boolean[] all = new boolean[10];
    Arrays.fill(all, true);
    TokenGroups groups = new TokenGroups(2, 5, 2, all, 0, 10);
    double loss = LoadBalancingLoss.apply(same, new int[10], groups).item_double();
    assertThat(loss).isCloseTo(2.8, within(1e-6));
  }

  @Test
  void aUniformRouterCostsOne() {
    Tensor uniform = Doubles.tensor(new double[] {.25, .25, .25, .25}, 1, 4).repeat(8, 1);
    boolean[] all = new boolean[8];
    Arrays.fill(all, true);
    TokenGroups groups = new TokenGroups(1, 8, 1, all, 0, 8);
    int[] spread = {0, 1, 2, 3, 0, 1, 2, 3};
    assertThat(LoadBalancingLoss.apply(uniform, spread, groups).item_double())
        .isCloseTo(1, within(1e-6));
  }

  /** As Switch-C's 2,048 experts have on one executor. */
  @Test
  void moreTokensTimesExpertsThanAnIntCountsKeepTheirCoefficients() {
    int experts = 2048;
    int length = 512;
    int sequences = 2050;
    int tokens = sequences * length;
    assertThat((long) tokens * experts).isGreaterThan(Integer.MAX_VALUE);
    boolean[] all = new boolean[tokens];
    Arrays.fill(all, true);
    int[] choices = new int[tokens];
    Arrays.setAll(choices, t -> t % experts);
    Arrays.fill(choices, tokens - 2 * length, tokens, 5); // the last group, half as long
    TokenGroups groups = new TokenGroups(sequences, length, 4, all, 0, tokens);

    double[] coefficients = LoadBalancingLoss.coefficients(choices, groups, experts);

    assertThat(coefficients).hasSize((groups.groups() + 1) * experts);
    double even = (double) experts / tokens / (4 * length);
    assertThat(coefficients[0]).isCloseTo(even, within(1e-12 * even));
    int last = (groups.groups() - 1) * experts;
    double one = (double) experts / tokens;
    assertThat(coefficients[last + 5]).isCloseTo(one, within(1e-12 * one));
    assertThat(coefficients[last + 6]).isZero();
    assertThat(coefficients[last + experts + 5]).as("padding").isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void theLossIsTheGroupsMeanWeightedByTheirRealTokens(int group) {
    double[] p = Doubles.of(probabilities);
    double expected = 0;
    for (int first = 0; first < SEQUENCES; first += group) {
      double[] f = new double[EXPERTS];
      double[] mean = new double[EXPERTS];
      int tokens = 0;
      for (int t = first * LENGTH; t < Math.min(first + group, SEQUENCES) * LENGTH; t++) {
        if (real[t]) {
          tokens++;
          f[expertIndex[t]]++;
          for (int e = 0; e < EXPERTS; e++) {
            mean[e] += p[t * EXPERTS + e];
          }
        }
      }
      double loss = 0;
      for (int e = 0; e < EXPERTS; e++) {
        loss += EXPERTS * (f[e] / tokens) * (mean[e] / tokens);
      }
      expected += loss * tokens / realTokens;
    }
    assertThat(part(0, SEQUENCES, group)).isCloseTo(expected, within(1e-6));
  }

  @Test
  void itDoesNotDependOnHowGroupsAreSpreadOverRanksAndMicroBatches() {
    double whole = part(0, SEQUENCES, 2);
    assertThat(part(0, 2, 2) + part(2, 4, 2) + part(4, 6, 2) + part(6, 7, 2))
        .isCloseTo(whole, within(1e-12));
    assertThat(part(0, 4, 2) + part(4, 7, 2) + part(7, 7, 2)).isCloseTo(whole, within(1e-12));
    assertThat(part(0, SEQUENCES, 7)).as("groups matter").isNotCloseTo(whole, within(1e-6));
  }

  @Test
  void paddingGetsNoGradient() {
    Tensor leaf = probabilities.detach();
    leaf.set_requires_grad(true);
    TokenGroups groups = new TokenGroups(SEQUENCES, LENGTH, 3, real, 0, realTokens);
    LoadBalancingLoss.apply(leaf, expertIndex, groups).backward();
    double[] gradient = Doubles.of(leaf.grad());
    for (int t = 0; t < real.length; t++) {
      double[] row = Arrays.copyOfRange(gradient, t * EXPERTS, (t + 1) * EXPERTS);
      assertThat(Doubles.largest(row) > 0).isEqualTo(real[t]);
    }
  }

  /** The share of sequences [from, to). */
  private double part(int from, int to, int group) {
    int first = from * LENGTH;
    int last = to * LENGTH;
    TokenGroups groups =
        new TokenGroups(
            to - from, LENGTH, group, Arrays.copyOfRange(real, first, last), from, realTokens);
    return LoadBalancingLoss.apply(
            probabilities.narrow(0, first, (long) last - first),
            Arrays.copyOfRange(expertIndex, first, last),
            groups)
        .item_double();
  }
}
