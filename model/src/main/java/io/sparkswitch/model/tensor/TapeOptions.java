package io.sparkswitch.model.tensor;

/**
 * How a tape records.
 *
 * @param activations what is kept for backward
 * @param stopwatch told of each phase
 */
public record TapeOptions(Activations activations, Stopwatch stopwatch) {
  /** What is kept for backward. */
  public enum Activations {
    /** All that backward needs. */
    KEPT,
    /** The inputs of sections alone; backward computes the rest once more. */
    RECOMPUTED
  }

  public static TapeOptions of(Activations activations) {
    return new TapeOptions(activations, new Stopwatch());
  }
}
