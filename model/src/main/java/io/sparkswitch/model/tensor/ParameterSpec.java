package io.sparkswitch.model.tensor;

import java.util.Arrays;

/**
 * One parameter: its name (Hugging Face's), its shape and how it starts.
 *
 * @param name as in a Hugging Face checkpoint
 * @param shape {@code [out, in]} for matrices
 * @param initialiser distribution of the first values
 * @param drawnAs key of its draws: parameters of two models that share it start equal
 */
public record ParameterSpec(String name, long[] shape, Initialiser initialiser, String drawnAs) {
  public ParameterSpec {
    if (name.isEmpty() || shape.length == 0 || Arrays.stream(shape).anyMatch(n -> n <= 0)) {
      throw new IllegalArgumentException(
          "parameter '%s' has shape %s".formatted(name, Arrays.toString(shape)));
    }
    shape = shape.clone();
  }

  public long size() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /**
   * Distribution of a parameter's first values.
   *
   * @param kind the law
   * @param standardDeviation of the law before truncation; ignored for ones
   */
  public record Initialiser(Kind kind, double standardDeviation) {
    public static Initialiser ones() {
      return new Initialiser(Kind.ONES, 0);
    }

    public static Initialiser normal(double standardDeviation) {
      return new Initialiser(Kind.NORMAL, standardDeviation);
    }

    /** σ = sqrt(scale / fan-in), resampled beyond two σ (paper section 2.4). */
    public static Initialiser truncatedNormal(double scale, long fanIn) {
      return new Initialiser(Kind.TRUNCATED_NORMAL, Math.sqrt(scale / (double) fanIn));
    }

    /** The laws. */
    public enum Kind {
      ONES,
      NORMAL,
      TRUNCATED_NORMAL
    }
  }
}
