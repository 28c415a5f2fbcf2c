package io.sparkswitch.model.optim;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.model.optim.Schedule.Kind;
import io.sparkswitch.model.tensor.Parameters;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/**
 * An optimizer with the arguments of a reference's, as {@code optim.json} has them.
 *
 * @param optimizer of parameters
 * @param schedule the rates it was run with
 * @param stateNames from the reference's names of its state to ours, without the parameter's
 */
record GoldenOptimizer(
    Function<Parameters, Optimizer> optimizer, Schedule schedule, Map<String, String> stateNames) {
  private static final Set<String> ADAFACTOR =
      Set.of(
          "eps",
          "clip_threshold",
          "decay_rate",
          "scale_parameter",
          "relative_step",
          "warmup_init",
          "lr",
          "beta1",
          "weight_decay");
  private static final Set<String> ADAMW = Set.of("lr", "betas", "eps", "weight_decay");

  static GoldenOptimizer of(JsonNode entry) {
    JsonNode arguments = entry.required("kwargs");
    String name = entry.path("optimizer").asText("Adafactor");
    if (name.equals("Adafactor")) {
      requireKnown(arguments, ADAFACTOR);
      return adafactor(arguments);
    }
    if (name.equals("torch.optim.AdamW")) {
      requireKnown(arguments, ADAMW);
      return adamW(arguments);
    }
    throw new IllegalArgumentException("no optimizer is called " + name);
  }

  private static GoldenOptimizer adafactor(JsonNode arguments) {
    JsonNode epsilons = arguments.required("eps");
    AdafactorSettings settings =
        new AdafactorSettings(
            new AdafactorSettings.Statistics(
                0, -arguments.required("decay_rate").asDouble(), epsilons.required(0).asDouble()),
            arguments.required("clip_threshold").asDouble(),
            arguments.required("scale_parameter").asBoolean()
                ? OptionalDouble.of(epsilons.required(1).asDouble())
                : OptionalDouble.empty(),
            arguments.path("beta1").asDouble(0),
            arguments.path("weight_decay").asDouble(0));
    return new GoldenOptimizer(
        parameters -> new Adafactor(parameters, settings),
        adafactorSchedule(arguments),
        Map.of(
            "exp_avg_sq_row", "adafactor.row",
            "exp_avg_sq_col", "adafactor.column",
            "exp_avg_sq", "adafactor.square",
            "exp_avg", "adafactor.average"));
  }

  private static Schedule adafactorSchedule(JsonNode arguments) {
    if (!arguments.required("relative_step").asBoolean()) {
      return constant(arguments);
    }
    boolean slow = arguments.required("warmup_init").asBoolean();
    return new Schedule(slow ? Kind.RELATIVE_WARMUP : Kind.RELATIVE, 0, 0, 1);
  }

  private static GoldenOptimizer adamW(JsonNode arguments) {
    JsonNode betas = arguments.required("betas");
    AdamWSettings settings =
        new AdamWSettings(
            betas.required(0).asDouble(),
            betas.required(1).asDouble(),
            arguments.required("eps").asDouble(),
            arguments.required("weight_decay").asDouble());
    return new GoldenOptimizer(
        parameters -> new AdamW(parameters, settings),
        constant(arguments),
        Map.of("exp_avg", "adamw.average", "exp_avg_sq", "adamw.square"));
  }

  private static Schedule constant(JsonNode arguments) {
    return new Schedule(Kind.CONSTANT, arguments.required("lr").asDouble(), 0, 1);
  }

  private static void requireKnown(JsonNode arguments, Set<String> known) {
    for (Iterator<String> names = arguments.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        throw new IllegalArgumentException("no argument is called " + name);
      }
    }
  }
}
