package io.sparkswitch.jobs.study.result;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.track.MetricsLog;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.StepMetrics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one training came to, as its folder tells.
 *
 * @param step of the checkpoint that was evaluated
 * @param evaluation on the whole validation split
 * @param training what it took
 * @param curve evaluations in its course, by rising step
 */
public record RunFigures(
    long step, Evaluated evaluation, Training training, List<CurvePoint> curve) {
  private static final String EVALUATION = "evaluation.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The products of the backward pass are twice those of the forward pass. */
  private static final double FORWARDS_IN_A_STEP = 3;

  /**
   * @param negLogPerplexity nats a target token, dropless; higher is better
   * @param negLogPerplexityWithShuffledInputs with other sequences' encoder inputs
   * @param parameters of the model
   * @param flopsPerToken matrix products of a forward pass
   */
  public record Evaluated(
      double negLogPerplexity,
      OptionalDouble negLogPerplexityWithShuffledInputs,
      double parameters,
      double flopsPerToken) {}

  /**
   * @param tokens real tokens, encoder and decoder together
   * @param seconds evaluations and checkpoints not counted
   * @param fractionTokensLeftBehind of its sparse layers; empty for a dense model
   */
  public record Training(double tokens, double seconds, OptionalDouble fractionTokensLeftBehind) {}

  public RunFigures {
    curve = List.copyOf(curve);
  }

  /** Matrix products of the whole training. */
  public double trainingFlops() {
    return FORWARDS_IN_A_STEP * evaluation.flopsPerToken() * training.tokens();
  }

  /**
   * @param run the run folder
   * @return empty if it was not evaluated yet
   * @throws InputException if its evaluation is no JSON, or tells no figures
   */
  public static Optional<RunFigures> read(OutputFolder run) throws IOException {
    Optional<String> text = run.read(EVALUATION);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    JsonNode node = parse(text.get(), run.uri(EVALUATION));
    Evaluated evaluation =
        new Evaluated(
            node.path("negLogPerplexity").asDouble(Double.NaN),
            number(node.path("withShuffledInputs").path("negLogPerplexity")),
            node.path("parameters").asDouble(Double.NaN),
            node.path("flopsPerToken").asDouble(Double.NaN));
    if (!Double.isFinite(evaluation.negLogPerplexity())) {
      throw new InputException(
          "%s holds no figure: remove it, and the study evaluates the run again"
              .formatted(run.uri(EVALUATION)));
    }
    List<StepMetrics> intervals = MetricsLog.read(run);
    return Optional.of(
        new RunFigures(
            node.path("step").asLong(), evaluation, training(intervals), curve(intervals)));
  }

  private static Training training(List<StepMetrics> intervals) {
    double tokens = 0;
    double seconds = 0;
    double leftBehind = 0;
    long before = 0;
    boolean sparse = false;
    for (StepMetrics interval : intervals) {
      long steps = interval.step() - before;
      double own = steps * interval.throughput().secondsPerStep();
      seconds += own;
      tokens += own * interval.throughput().tokensPerSecond();
      OptionalDouble left = interval.fractionTokensLeftBehind();
      sparse |= left.isPresent();
      leftBehind += steps * left.orElse(0);
      before = interval.step();
    }
    return new Training(
        tokens, seconds, sparse ? OptionalDouble.of(leftBehind / before) : OptionalDouble.empty());
  }

  private static List<CurvePoint> curve(List<StepMetrics> intervals) {
    List<CurvePoint> curve = new ArrayList<>();
    double seconds = 0;
    long before = 0;
    for (StepMetrics interval : intervals) {
      seconds += (interval.step() - before) * interval.throughput().secondsPerStep();
      before = interval.step();
      if (interval.validationLoss().isPresent()) {
        curve.add(
            new CurvePoint(interval.step(), seconds, interval.validationLoss().getAsDouble()));
      }
    }
    return curve;
  }

  private static JsonNode parse(String text, String where) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not valid JSON (%s): remove it, and the study evaluates the run again"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }

  private static OptionalDouble number(JsonNode node) {
    return node.isNumber() ? OptionalDouble.of(node.doubleValue()) : OptionalDouble.empty();
  }
}
