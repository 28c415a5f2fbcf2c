package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RouterLossFactors.Convention;
import io.sparkswitch.model.t5.GangRun.Setting;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Doubles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same step on any number of ranks, noise on and capacity binding. */
class LayoutIndependenceTest {
  /** Seven sequences in groups of two: the last group is smaller. */
  private static final Batch BATCH = TinyModel.batch(7, 9, 6, TinyModel.VOCAB, 1);

  private static final int GROUP = 2;
  private static final T5Config CONFIG = config(FeedForwardKind.RELU);

  private static GangRun one;
  private static GangRun oneInFloat32;

  private static T5Config config(FeedForwardKind kind) {
    SwitchConfig sparse = TinyModel.sparse(8, 1.0, 0.05, 0.1, GROUP);
    return TinyModel.config(TinyModel.conventions(kind), sparse);
  }

  @BeforeAll
  static void runOnOneRank() throws Exception {
    one = GangRun.train(CONFIG, Precision.FLOAT64, BATCH, new int[] {0, 7});
    oneInFloat32 = GangRun.train(CONFIG, Precision.FLOAT32, BATCH, new int[] {0, 7});
  }

  /** A row a rank, the bounds of its micro-batches. */
  record Layout(int[]... cuts) {
    @Override
    public String toString() {
      return Arrays.deepToString(cuts);
    }
  }

  static Stream<Layout> layouts() {
    return Stream.of(
        new Layout(new int[][] {{0, 4}, {4, 7}}),
        new Layout(new int[][] {{0, 2}, {2, 4}, {4, 7}}), // experts 2, 3, 3
        new Layout(new int[][] {{0, 2}, {2, 4}, {4, 6}, {6, 7}}),
        new Layout(new int[][] {{0, 2}, {2, 4}, {4, 7}, {7, 7}}), // a rank without sequences
        new Layout(new int[][] {{0, 2, 4, 7}}), // micro-batches
        new Layout(new int[][] {{0, 2, 4}, {4, 6, 7}}));
  }

  @Test
  void theStepDropsTokensInEveryRoutedStackSoThatCapacityIsTested() {
    assertThat(one.layers()).containsOnlyKeys("encoder.1", "decoder.1");
    assertThat(one.layers().values()).allMatch(m -> m.dropped() > 0);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void float64GradientsEqualASingleRanksTo1e9(Layout layout) throws Exception {
    GangRun run = GangRun.train(CONFIG, Precision.FLOAT64, BATCH, layout.cuts());
    assertSameGradients(one, run, 1e-9);
    assertThat(run.crossEntropy()).isCloseTo(one.crossEntropy(), within(1e-9));
    assertThat(run.targetTokens()).isEqualTo(BATCH.targetTokens());
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void float32GradientsEqualASingleRanksTo1e5(Layout layout) throws Exception {
    GangRun run = GangRun.train(CONFIG, Precision.FLOAT32, BATCH, layout.cuts());
    assertSameGradients(oneInFloat32, run, 1e-5);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void theSameTokensChooseTheSameExpertsAndAreDropped(Layout layout) throws Exception {
    GangRun run = GangRun.train(CONFIG, Precision.FLOAT64, BATCH, layout.cuts());
    assertThat(run.layers().keySet()).isEqualTo(one.layers().keySet());
    for (LayerMetrics expected : one.layers().values()) {
      LayerMetrics actual = run.layers().get(expected.layer());
      assertThat(actual.expertTokens()).isEqualTo(expected.expertTokens());
      assertThat(actual.tokens()).isEqualTo(expected.tokens());
      assertThat(actual.dropped()).isEqualTo(expected.dropped());
      assertThat(actual.auxiliaryLoss()).isCloseTo(expected.auxiliaryLoss(), within(1e-9));
      assertThat(actual.confidence()).isCloseTo(expected.confidence(), within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void withMoreRanksThanExpertsSomeHaveNoneAndTheStepIsTheSame(Layout layout) throws Exception {
    T5Config two =
        TinyModel.config(
            TinyModel.conventions(FeedForwardKind.GATED_GELU),
            TinyModel.sparse(2, 1.0, 0.05, 0.1, GROUP));
    GangRun alone = GangRun.train(two, Precision.FLOAT64, BATCH, new int[] {0, 7});

    assertSameStep(alone, GangRun.train(two, Precision.FLOAT64, BATCH, layout.cuts()));
  }

  static Stream<Recipe> recipes() {
    return Recipe.all(TinyModel.config(TinyModel.QUIET, null), 8, GROUP).stream();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyOptionGivesTheSameStepOnTwoAndThreeRanksAndInMicroBatches(Recipe recipe)
      throws Exception {
    Setting setting = Setting.of(recipe, Precision.FLOAT64);
    GangRun alone = GangRun.train(setting, BATCH, new int[] {0, 7});
    for (int[][] cuts :
        new int[][][] {
          {{0, 4}, {4, 7}}, {{0, 2, 2}, {2, 4, 6}, {6, 7, 7}}, {{0, 2, 4, 6, 7}}, {{0, 0}, {0, 7}}
        }) {
      assertSameStep(alone, GangRun.train(setting, BATCH, cuts));
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void microBatchesByTurnsGiveTheSameStepAndTwiceTheSameToTheLastBit(Recipe recipe)
      throws Exception {
    Setting setting = Setting.of(recipe, Precision.FLOAT64);
    GangRun alone = GangRun.train(setting, BATCH, new int[] {0, 7});
    for (int[][] cuts :
        new int[][][] {{{0, 2, 4}, {4, 6, 7}}, {{0, 2, 2, 2}, {2, 4, 6, 6}, {6, 6, 6, 7}}}) {
      Setting byTurns = setting.inFlight(cuts.length); // two, and three
      GangRun run = GangRun.train(byTurns, BATCH, cuts);
      assertSameStep(alone, run);
      GangRun again = GangRun.train(byTurns, BATCH, cuts);
      assertSameGradients(run, again, 0);
      assertThat(again.crossEntropy()).isEqualTo(run.crossEntropy());
    }
  }

  @Provide
  Arbitrary<Recipe> anyRecipe() {
    return Arbitraries.of(recipes().toList());
  }

  /** Bounds of the ranks' parts, in groups; each rank may cut its part again. */
  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void anySplitIntoRanksAndMicroBatchesGivesTheSameStep(
      @ForAll @Size(min = 0, max = 3) List<@IntRange(max = 4) Integer> ranks,
      @ForAll @Size(5) List<Boolean> again,
      @ForAll("anyRecipe") Recipe recipe,
      @ForAll @IntRange(min = 1, max = 4) int inFlight)
      throws Exception {
    Setting setting = Setting.of(recipe, Precision.FLOAT64);
    List<Integer> bounds = new ArrayList<>(ranks);
    bounds.addAll(List.of(0, 4));
    bounds.sort(null);
    int[][] cuts = new int[bounds.size() - 1][];
    for (int rank = 0; rank < cuts.length; rank++) {
      int from = bounds.get(rank);
      int to = bounds.get(rank + 1);
      // Every rank walks the same number of passes; where it has no more groups, empty ones.
      cuts[rank] = new int[6];
      cuts[rank][0] = sequence(from);
      for (int cut = 0; cut < 5; cut++) {
        boolean splits = cut < 4 && again.get(cut);
        cuts[rank][cut + 1] = sequence(splits ? Math.min(from + cut + 1, to) : to);
      }
      Arrays.sort(cuts[rank]);
    }
    assertSameStep(
        GangRun.train(setting, BATCH, new int[] {0, 7}),
        GangRun.train(setting.inFlight(inFlight), BATCH, cuts));
  }

  private static int sequence(int group) {
    return Math.min(7, group * GROUP);
  }

  private static void assertSameStep(GangRun expected, GangRun actual) {
    assertSameGradients(expected, actual, 1e-9);
    assertThat(actual.crossEntropy()).isCloseTo(expected.crossEntropy(), within(1e-9));
    assertThat(actual.routerLosses()).isCloseTo(expected.routerLosses(), within(1e-9));
    assertThat(actual.layers().keySet()).isEqualTo(expected.layers().keySet());
    expected
        .layers()
        .forEach(
            (name, layer) -> {
              LayerMetrics other = actual.layers().get(name);
              assertThat(other.expertTokens()).as(name).isEqualTo(layer.expertTokens());
              assertThat(other.tokens()).as(name).isEqualTo(layer.tokens());
              assertThat(other.dropped()).as(name).isEqualTo(layer.dropped());
            });
  }

  @Test
  void theRoutersLossesAreTheirMetricsTimesTheirFactors() throws Exception {
    long compared = 0;
    for (Recipe recipe : recipes().toList()) {
      RouterLossFactors factors = recipe.config().training().losses();
      GangRun run =
          GangRun.train(
              Setting.of(recipe, Precision.FLOAT64), BATCH, new int[] {0, 4}, new int[] {4, 7});
      double sum = 0;
      for (LayerMetrics layer : run.layers().values()) {
        sum += factors.auxiliary() * layer.auxiliaryLoss() + factors.z() * layer.routerZLoss();
      }
      if (factors.convention() == Convention.PAPER && !run.layers().isEmpty()) {
        assertThat(run.routerLosses()).as(recipe.name()).isCloseTo(sum, within(1e-12));
        assertThat(sum).isPositive();
        compared++;
      }
    }
    assertThat(compared)
        .as("all but the two dense ones and Hugging Face's")
        .isEqualTo(recipes().count() - 3);
  }

  @Test
  void gatedExpertsAndAnUntiedOutputAreIndependentToo() throws Exception {
    T5Config gated = config(FeedForwardKind.GATED_GELU);
    GangRun alone = GangRun.train(gated, Precision.FLOAT64, BATCH, new int[] {0, 7});
    GangRun spread =
        GangRun.train(
            gated, Precision.FLOAT64, BATCH, new int[] {0, 2}, new int[] {2, 4}, new int[] {4, 7});
    assertSameGradients(alone, spread, 1e-9);
  }

  @Test
  void aRankWithoutSequencesTakesPartInAnEvaluation() throws Exception {
    Batch last = BATCH.slice(0, 2);
    T5Config quiet = TinyModel.config(TinyModel.QUIET, TinyModel.sparse(8, 1.0, 0, 0, GROUP));
    GangRun alone = GangRun.evaluate(quiet, Precision.FLOAT64, last, new int[] {0, 2});
    GangRun spread =
        GangRun.evaluate(
            quiet, Precision.FLOAT64, last, new int[] {0, 2}, new int[] {2, 2}, new int[] {2, 2});
    assertThat(spread.crossEntropy()).isCloseTo(alone.crossEntropy(), within(1e-9));
    assertThat(spread.targetTokens()).isEqualTo(last.targetTokens());
    assertThat(spread.layers().get("encoder.1").expertTokens())
        .isEqualTo(alone.layers().get("encoder.1").expertTokens());
  }

  @Test
  void anExpertWithoutTokensGetsAZeroGradientAndOnlyThat() throws Exception {
    Batch single = TinyModel.batch(1, 3, 3, TinyModel.VOCAB, 2);
    T5Config quiet = TinyModel.config(TinyModel.QUIET, TinyModel.sparse(8, 8.0, 0, 0, 1));
    GangRun run =
        GangRun.train(quiet, Precision.FLOAT64, single, new int[] {0, 1}, new int[] {1, 1});
    int idle = 0;
    for (LayerMetrics layer : run.layers().values()) {
      String stack = layer.layer().split("\\.")[0];
      String prefix =
          "%s.block.1.layer.%d.mlp.experts.expert_"
              .formatted(stack, stack.equals("encoder") ? 1 : 2);
      for (int e = 0; e < 8; e++) {
        double[] gradient = run.gradients().get(prefix + e + ".wo.weight");
        assertThat(Doubles.largest(gradient) > 0).isEqualTo(layer.expertTokens()[e] > 0);
        idle += layer.expertTokens()[e] == 0 ? 1 : 0;
      }
    }
    assertThat(idle).isBetween(1, 15);
  }

  /** Relative to each parameter's largest gradient. */
  private static void assertSameGradients(GangRun expected, GangRun actual, double tolerance) {
    assertThat(actual.gradients().keySet()).isEqualTo(expected.gradients().keySet());
    assertThat(actual.gradients()).isNotEmpty();
    expected
        .gradients()
        .forEach(
            (name, gradient) ->
                assertThat(Doubles.distance(actual.gradients().get(name), gradient))
                    .as(name)
                    .isLessThanOrEqualTo(tolerance * Doubles.largest(gradient)));
  }
}
