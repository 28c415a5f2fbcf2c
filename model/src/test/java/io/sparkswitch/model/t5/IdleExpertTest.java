package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tape;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** More experts than tokens: some compute nothing, and take part all the same. */
class IdleExpertTest {
  private static final int EXPERTS = 8;
  private static final Batch SINGLE = TinyModel.batch(1, 3, 3, TinyModel.VOCAB, 2);

  static Stream<Recipe> recipes() {
    return Recipe.all(TinyModel.config(TinyModel.QUIET, null), EXPERTS, 1).stream()
        .filter(recipe -> recipe.config().sparse().isPresent());
  }

  private static final class Counts extends Observations {
    final Map<String, int[]> rows = new TreeMap<>();

    @Override
    public void routed(Routing routing) {
      super.routed(routing);
      rows.put(routing.metrics().layer(), routing.expertCounts());
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void anExpertWithoutRowsGetsAZeroGradientAndOnlyThat(Recipe recipe) {
    Counts counts = new Counts();
    Map<String, double[]> gradients;
    try (PointerScope scope = new PointerScope();
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model = TinyModel.model(recipe.config(), Precision.FLOAT64, 0, 1)) {
      Inputs inputs = Inputs.of(SINGLE, 0, 1, recipe.config().grouping());
      GradientStep.train(
          model, inputs, recipe.pass(Tape.recording(), exchange, 0, counts), recipe.objective());
      gradients = GangRun.gradients(model);
    }
    int idle = 0;
    int busy = 0;
    for (Map.Entry<String, int[]> layer : counts.rows.entrySet()) {
      for (int e = 0; e < EXPERTS; e++) {
        double gradient = largest(gradients, prefix(layer.getKey()) + "experts.expert_" + e + ".");
        if (layer.getValue()[e] == 0) {
          assertThat(gradient).as("%s, expert %d", layer.getKey(), e).isZero();
          idle++;
        } else if (!layer.getKey().endsWith("query")) { // the first target has one key: no choice
          assertThat(gradient).as("%s, expert %d", layer.getKey(), e).isPositive();
          busy++;
        }
      }
    }
    assertThat(idle).isPositive();
    // Three tokens are less than one slot an expert: rounded down, nobody is kept.
    boolean nobody =
        recipe.config().training().capacity().kind() == Capacity.Kind.SHARE_ROUNDED_DOWN;
    assertThat(busy == 0).isEqualTo(nobody);
  }

  private static double largest(Map<String, double[]> gradients, String prefix) {
    double[] all =
        gradients.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .mapToDouble(entry -> Doubles.largest(entry.getValue()))
            .toArray();
    assertThat(all).as(prefix).isNotEmpty();
    return Doubles.largest(all);
  }

  /** From a layer's name, such as {@code encoder.1} or {@code decoder.1.key-value}. */
  private static String prefix(String layer) {
    String[] parts = layer.split("\\.");
    String block = "%s.block.%s.layer.".formatted(parts[0], parts[1]);
    if (parts.length == 2) {
      return block + (parts[0].equals("encoder") ? 1 : 2) + ".mlp.";
    }
    return block + "0.SelfAttention." + (parts[2].equals("query") ? "q." : "kv.");
  }
}
