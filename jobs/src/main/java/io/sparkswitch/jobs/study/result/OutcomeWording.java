package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.VariantRole;
import io.sparkswitch.jobs.report.Numbers;
import io.sparkswitch.jobs.study.statistics.ShareOfGain;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** An outcome's small print, in sentences. */
public final class OutcomeWording {
  private OutcomeWording() {}

  /** What belongs under the table of what was reached. */
  public static List<String> below(StudyOutcome outcome) {
    List<String> sentences = new ArrayList<>();
    sentences.add(detectable(outcome));
    sentences.add(
        "On the same targets a predictor that knows the frequency of tokens alone has %s, one that also knows the token to the left %s: a model that is not clearly better than the latter does not use its encoder."
            .formatted(
                Numbers.finerNats(OptionalDouble.of(-outcome.yardsticks().unigram())),
                Numbers.finerNats(OptionalDouble.of(-outcome.yardsticks().neighbour()))));
    outcome
        .study()
        .compared()
        .ifPresent(row -> sentences.add("The compared row is “%s”.".formatted(row.label())));
    if (outcome.rows().stream().anyMatch(OutcomeWording::isAskedForAShare)) {
      sentences.add(
          "Share of the gain: (mean student − mean dense) / (mean switch − mean dense), of its own teacher where that is a Switch model; %s where the gain is below %.0f of its standard errors."
              .formatted(OutcomePage.NOT_SHOWN, ShareOfGain.ERRORS));
    }
    outcome.rows().stream()
        .filter(row -> row.variant().seeds().size() < outcome.study().seeds().size())
        .forEach(
            row ->
                sentences.add(
                    "%s has fewer runs than there are seeds: its own spread is in no error and no interval."
                        .formatted(row.variant().label())));
    return sentences;
  }

  /** The smallest difference that the table could detect. */
  public static String detectable(StudyOutcome outcome) {
    return outcome.detectable().isPresent()
        ? "With these pairs a true difference to dense of %s nats would be detected four times in five (5 %% two-sided); smaller ones are not told from noise."
            .formatted(Numbers.finerNats(outcome.detectable()))
        : "Fewer than two pairs are finished, so no difference can be told from noise.";
  }

  /** What is left out or still to come. */
  public static List<String> missing(StudyOutcome outcome) {
    List<String> missing = new ArrayList<>();
    int left = outcome.state().runs() - outcome.state().finished();
    if (left > 0) {
      missing.add(
          "%d of %d runs are not finished: the same command continues."
              .formatted(left, outcome.state().runs()));
    }
    outcome
        .study()
        .leftOut()
        .forEach((name, reason) -> missing.add("%s is left out: %s.".formatted(name, reason)));
    return missing;
  }

  private static boolean isAskedForAShare(Row row) {
    return row.variant().role() == VariantRole.STUDENT
        || row.variant().role() == VariantRole.CONTROL;
  }
}
