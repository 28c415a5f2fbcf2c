package io.sparkswitch.distill.target.store;

import java.io.Serializable;
import java.util.Locale;

/**
 * What one file of the store holds: a writer's sequences of consecutive steps.
 *
 * @param firstStep first step
 * @param endStep step after the last
 * @param rank of the writer
 * @param attempt of the gang; part of the name, so that a writer left over from an older attempt
 *     spoils nothing
 */
public record TargetChunk(long firstStep, long endStep, int rank, int attempt)
    implements Serializable {
  public TargetChunk {
    if (firstStep < 0 || endStep <= firstStep) {
      throw new IllegalArgumentException(
          "a chunk of steps [%d, %d): at least one step from 0 up is needed"
              .formatted(firstStep, endStep));
    }
    if (rank < 0 || attempt < 0) {
      throw new IllegalArgumentException(
          "a chunk of rank %d, attempt %d: both count from 0".formatted(rank, attempt));
    }
  }

  /** E.g. {@code targets-00000000-00000050-rank-000-attempt-000.parquet}. */
  public String fileName() {
    return String.format(
        Locale.ROOT,
        "targets-%08d-%08d-rank-%03d-attempt-%03d.parquet",
        firstStep,
        endStep,
        rank,
        attempt);
  }
}
