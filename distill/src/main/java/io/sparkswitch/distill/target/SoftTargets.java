package io.sparkswitch.distill.target;

/**
 * The teacher's distributions over one sequence: a row of the store. Step and sequence say where
 * the student's stream uses it.
 *
 * @param step whose batch holds the sequence, from 0
 * @param sequence index in that step's global batch
 * @param key what it is of
 * @param distributions one a real target, padding left out
 */
public record SoftTargets(long step, int sequence, RowKey key, Distributions distributions) {

  public SoftTargets {
    if (step < 0 || sequence < 0) {
      throw new IllegalArgumentException(
          "soft targets of step %d, sequence %d: both count from 0".formatted(step, sequence));
    }
    if (distributions.positions() < 1) {
      throw new IllegalArgumentException(
          "soft targets of step %d, sequence %d have no position".formatted(step, sequence));
    }
  }

  /** Number of real targets. */
  public int positions() {
    return distributions.positions();
  }
}
