package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.Router;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.GangRun.Setting;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is computed how precisely (paper section 2.4). */
class PrecisionTest {
  private static final Batch BATCH = TinyModel.batch(7, 9, 6, TinyModel.VOCAB, 1);

  static Stream<Recipe> recipes() {
    return Recipe.all(TinyModel.config(TinyModel.QUIET, null), 5, 2).stream()
        .filter(recipe -> recipe.config().sparse().isPresent());
  }

  /** The dtypes of what passes by, by what it is. */
  private static final class Dtypes extends Observations {
    final Map<String, Set<ScalarType>> seen = new TreeMap<>();

    void saw(String what, Tensor tensor) {
      seen.computeIfAbsent(what, w -> new TreeSet<>()).add(tensor.scalar_type().intern());
    }

    @Override
    public void routed(Routing routing) {
      super.routed(routing);
      saw("router logits", routing.logits());
      saw("gates", routing.combineWeights());
      saw("router losses", routing.losses().auxiliary());
      saw("router losses", routing.losses().z());
    }

    @Override
    public void hidden(String place, Tensor x) {
      saw("hidden", x);
    }

    @Override
    public void sent(String place, Tensor rows) {
      saw("sent", rows);
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void selectiveComputesTheRouterInFloat32AndTheRestInBFloat16(Recipe recipe) {
    assertDtypes(recipe, Precision.SELECTIVE, ScalarType.BFloat16, ScalarType.Float);
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void bfloat16ComputesTheRouterInBFloat16Too(Recipe recipe) {
    assertDtypes(recipe, Precision.BFLOAT16, ScalarType.BFloat16, ScalarType.BFloat16);
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void float32ComputesAllInFloat32(Recipe recipe) {
    assertDtypes(recipe, Precision.FLOAT32, ScalarType.Float, ScalarType.Float);
  }

  private static void assertDtypes(
      Recipe recipe, Precision precision, ScalarType activations, ScalarType router) {
    Dtypes dtypes = new Dtypes();
    try (PointerScope scope = new PointerScope();
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model = TinyModel.model(recipe.config(), precision, 0, 1)) {
      Inputs inputs = Inputs.of(BATCH, 0, 7, recipe.config().grouping());
      Pass pass = recipe.pass(Tape.recording(), exchange, 0, dtypes);
      Objective watched =
          (logits, targets, positions) -> {
            dtypes.saw("output logits", logits);
            return recipe.objective().loss(logits, targets, positions);
          };
      GradientStep.train(model, inputs, pass, watched);
      for (Parameters parameters : List.of(model.dense(), model.experts())) {
        for (ParameterSpec spec : parameters.specs()) {
          dtypes.saw("parameters", parameters.value(spec.name()));
          dtypes.saw("gradients", parameters.gradient(spec.name()));
          dtypes.saw("gradients", parameters.value(spec.name()).grad());
        }
      }
    }
    assertThat(dtypes.seen)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "hidden", Set.of(activations),
                "sent", Set.of(activations),
                "gates", Set.of(activations),
                "router logits", Set.of(router),
                "router losses", Set.of(ScalarType.Float),
                "output logits", Set.of(ScalarType.Float),
                "parameters", Set.of(ScalarType.Float),
                "gradients", Set.of(ScalarType.Float)));
  }

  /** Only the cast of the gates differs from a router that got the same rows in float32. */
  @Test
  void aSelectiveRouterDecidesAsOneInFloat32WouldOnTheSameRows() {
    try (PointerScope scope = new PointerScope()) {
      Recipe recipe = named("top-2");
      boolean[] real = new boolean[60];
      Arrays.fill(real, true);
      TokenGroups groups = new TokenGroups(6, 10, 2, real, 0, 60);
      Router router =
          new Router("r", 1, Doubles.normal(1, 5, 8).to(ScalarType.Float), ScalarType.Float);
      Tensor h = Doubles.normal(2, 60, 8).to(ScalarType.BFloat16);
      Routing selective = router.route(h, groups, recipe.config().training(), TinyModel.NOISE);
      Routing exact =
          router.route(h.to(ScalarType.Float), groups, recipe.config().training(), TinyModel.NOISE);
      assertThat(Doubles.of(selective.logits())).isEqualTo(Doubles.of(exact.logits()));
      assertThat(selective.expertIndex()).isEqualTo(exact.expertIndex());
      assertThat(selective.kept()).isEqualTo(exact.kept());
      assertThat(Doubles.of(selective.combineWeights()))
          .isEqualTo(Doubles.of(exact.combineWeights().to(ScalarType.BFloat16)))
          .isNotEqualTo(Doubles.of(exact.combineWeights()));
    }
  }

  /**
   * Eight bits of mantissa round by up to 2⁻⁹ of a value. Some 40 roundings follow one another from
   * the embedding to the loss and again back, which adds up to 2⁻⁹ · √80 or 2 % where they are
   * independent; three times that is allowed for the gradient, and a single 2⁻⁹ for the loss, whose
   * errors average out over tokens.
   */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"SELECTIVE", "BFLOAT16"})
  void lossAndGradientsAreNearThoseOfFloat32(Precision precision) throws Exception {
    for (String name : List.of("dropless", "attention and feed-forward", "top-2, renormalised")) {
      GangRun exact = run(name, Precision.FLOAT32);
      GangRun rounded = run(name, precision);
      assertThat(rounded.crossEntropy())
          .isCloseTo(exact.crossEntropy(), within(0x1p-9 * exact.crossEntropy()))
          .isNotEqualTo(exact.crossEntropy());
      double distance = 0;
      double norm = 0;
      for (String parameter : exact.gradients().keySet()) {
        double[] a = exact.gradients().get(parameter);
        double[] b = rounded.gradients().get(parameter);
        for (int i = 0; i < a.length; i++) {
          distance += (a[i] - b[i]) * (a[i] - b[i]);
          norm += a[i] * a[i];
        }
      }
      assertThat(Math.sqrt(distance / norm)).as(name).isLessThan(0.06).isPositive();
    }
  }

  private static GangRun run(String name, Precision precision) throws Exception {
    return GangRun.train(Setting.of(named(name), precision), BATCH, new int[] {0, 7});
  }

  private static Recipe named(String name) {
    return recipes().filter(recipe -> recipe.name().equals(name)).findAny().orElseThrow();
  }
}
