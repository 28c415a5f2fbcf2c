package io.sparkswitch.distill.target;

/** What holds for every kind of soft targets: at each position the masses add up to one. */
final class Distributions {
  /** Well above bfloat16's rounding of a sum, well below a token's mass that is missed. */
  private static final double TOLERANCE = 0.01;

  private Distributions() {}

  /**
   * @param tokens {@code [positions, k]}
   * @param probabilities {@code [positions, k]}
   * @param remainder {@code [positions]}
   * @throws IllegalArgumentException naming the first position that holds no distribution
   */
  static void require(int k, int[] tokens, float[] probabilities, float[] remainder) {
    if (k < 1) {
      throw new IllegalArgumentException("k is %d, must be at least 1".formatted(k));
    }
    long expected = (long) remainder.length * k;
    if (tokens.length != expected || probabilities.length != expected) {
      throw new IllegalArgumentException(
          "%d tokens and %d probabilities for %d positions of %d"
              .formatted(tokens.length, probabilities.length, remainder.length, k));
    }
    for (int position = 0; position < remainder.length; position++) {
      double mass = mass(k, probabilities, remainder, position);
      if (!(Math.abs(mass - 1) <= TOLERANCE)) {
        throw new IllegalArgumentException(
            "the masses at position %d add up to %s, not to 1".formatted(position, mass));
      }
    }
  }

  /** Total mass at a position; not a number if any of its masses is negative or none. */
  static double mass(int k, float[] probabilities, float[] remainder, int position) {
    double mass = remainder[position] >= 0 ? remainder[position] : Double.NaN;
    for (int i = position * k; i < (position + 1) * k; i++) {
      mass += probabilities[i] >= 0 ? probabilities[i] : Double.NaN;
    }
    return mass;
  }
}
