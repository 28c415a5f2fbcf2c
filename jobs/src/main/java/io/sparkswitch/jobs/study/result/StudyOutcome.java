package io.sparkswitch.jobs.study.result;

import io.sparkswitch.jobs.conf.StudySettings;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a study has come to so far.
 *
 * @param study what was asked
 * @param rows in the study's order
 * @param detectable the smallest difference within pairs that the table could detect, nats; empty
 *     while no row has two pairs
 * @param yardsticks of predictors without context
 * @param state what is still to come, and what made it
 */
public record StudyOutcome(
    StudySettings study,
    List<Row> rows,
    OptionalDouble detectable,
    Yardsticks yardsticks,
    State state) {

  /**
   * @param runs that the study has
   * @param finished of them
   * @param provenance versions and digests, in words
   */
  public record State(int runs, int finished, Map<String, String> provenance) {}

  public StudyOutcome {
    rows = List.copyOf(rows);
  }
}
