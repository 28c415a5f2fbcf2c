package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.t5.GangRun.Setting;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What backward computes once more equals what it would have kept, to the last bit. */
class RecomputationTest {
  private static final Batch BATCH = TinyModel.batch(7, 9, 6, TinyModel.VOCAB, 1);
  private static final int[][] ONE_RANK = {{0, 7}};
  private static final int[][] TWO_RANKS = {{0, 4, 6}, {6, 6, 7}};

  static Stream<Recipe> recipes() {
    return Recipe.all(TinyModel.config(TinyModel.QUIET, null), 5, 2).stream();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void lossesAndGradientsAreBitEqualInFloat64(Recipe recipe) throws Exception {
    assertBitEqual(recipe, Precision.FLOAT64);
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void lossesAndGradientsAreBitEqualInFloat32(Recipe recipe) throws Exception {
    assertBitEqual(recipe, Precision.FLOAT32);
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void lossesAndGradientsAreBitEqualInEveryPrecision(Precision precision) throws Exception {
    assertBitEqual(
        recipes().filter(r -> r.name().equals("everything")).findAny().orElseThrow(), precision);
  }

  private static void assertBitEqual(Recipe recipe, Precision precision) throws Exception {
    for (int[][] cuts : new int[][][] {ONE_RANK, TWO_RANKS}) {
      GangRun kept = GangRun.train(new Setting(recipe, precision, Activations.KEPT), BATCH, cuts);
      GangRun recomputed =
          GangRun.train(new Setting(recipe, precision, Activations.RECOMPUTED), BATCH, cuts);
      assertThat(recomputed.crossEntropy()).isEqualTo(kept.crossEntropy());
      assertThat(recomputed.routerLosses()).isEqualTo(kept.routerLosses());
      assertThat(recomputed.gradients().keySet()).isEqualTo(kept.gradients().keySet());
      kept.gradients()
          .forEach(
              (name, gradient) ->
                  assertThat(recomputed.gradients().get(name)).as(name).isEqualTo(gradient));
      assertThat(kept.gradients().values()).anyMatch(g -> Doubles.largest(g) > 0.01);
    }
  }
}
