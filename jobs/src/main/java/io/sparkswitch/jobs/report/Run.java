package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.jobs.track.StepMetrics;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One training as its folder tells it; a file that is not there is a missing node.
 *
 * @param evaluation {@code evaluation.json}
 * @param status {@code status.json}
 * @param ended whether the checkpoint of its last step is there
 * @param provenance {@code provenance.json}, or the field of that name in the evaluation
 */
record Run(
    Role role,
    List<StepMetrics> intervals,
    JsonNode evaluation,
    JsonNode status,
    boolean ended,
    JsonNode provenance) {

  Run {
    intervals = List.copyOf(intervals);
  }

  /** Nats per target token, routed dropless; higher is better. */
  OptionalDouble negLogPerplexity() {
    return JsonText.number(evaluation.path("negLogPerplexity"));
  }

  OptionalDouble negLogPerplexityWithTrainingCapacity() {
    return JsonText.number(evaluation.path("withTrainingCapacity").path("negLogPerplexity"));
  }

  OptionalDouble evaluated(String field) {
    return JsonText.number(evaluation.path(field));
  }

  OptionalDouble flopsPerToken() {
    OptionalDouble evaluated = evaluated("flopsPerToken");
    return evaluated.isPresent() ? evaluated : JsonText.number(status.path("flopsPerToken"));
  }

  /**
   * Whether the training came to its last step: a command that was refused later says nothing of
   * what is there.
   */
  boolean finished() {
    return ended || status.path("state").asText("done").equals("done");
  }

  OptionalLong steps() {
    if (evaluation.path("step").isIntegralNumber()) {
      return OptionalLong.of(evaluation.path("step").longValue());
    }
    return intervals.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(intervals.get(intervals.size() - 1).step());
  }

  /** Training and evaluation together, as far as either was recorded. */
  OptionalDouble seconds() {
    OptionalDouble training = JsonText.number(status.path("seconds"));
    OptionalDouble evaluating =
        status.path("verb").asText().equals("evaluate")
            ? OptionalDouble.empty() // the status is the evaluation's own
            : evaluated("seconds");
    return training.isPresent() || evaluating.isPresent()
        ? OptionalDouble.of(training.orElse(0) + evaluating.orElse(0))
        : OptionalDouble.empty();
  }

  /** The intervals in which sparse layers reported; none for a dense model. */
  List<StepMetrics> sparseIntervals() {
    return intervals.stream().filter(interval -> !interval.layers().isEmpty()).toList();
  }
}
