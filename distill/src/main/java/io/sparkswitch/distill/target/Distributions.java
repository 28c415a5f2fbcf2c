package io.sparkswitch.distill.target;

import java.util.Arrays;
import java.util.List;

/**
 * A distribution at each of some positions, one after the other. How many tokens are kept may
 * differ from position to position.
 *
 * @param ends {@code <int32>[positions]}: how many tokens are kept up to the end of each position
 * @param tokens {@code <int32>[kept]}; empty if every token is kept, in the order of ids
 * @param probabilities {@code <float>[kept]}
 * @param remainder {@code <float>[positions]}: mass of the tokens that are not kept
 */
public record Distributions(int[] ends, int[] tokens, float[] probabilities, float[] remainder) {

  /**
   * @throws IllegalArgumentException naming the first position that keeps no token or holds a mass
   *     below 0
   */
  public Distributions {
    int kept = ends.length == 0 ? 0 : ends[ends.length - 1];
    boolean tokensFit = tokens.length == kept || tokens.length == 0;
    if (remainder.length != ends.length || probabilities.length != kept || !tokensFit) {
      throw new IllegalArgumentException(
          "%d tokens, %d probabilities and %d remainders for %d tokens kept at %d positions"
              .formatted(tokens.length, probabilities.length, remainder.length, kept, ends.length));
    }
    for (int position = 0; position < ends.length; position++) {
      if (ends[position] <= begin(ends, position)) {
        throw new IllegalArgumentException("no token is kept at position " + position);
      }
      if (Double.isNaN(mass(ends, probabilities, remainder, position))) {
        throw new IllegalArgumentException(
            "a mass at position %d is below 0 or no number".formatted(position));
      }
    }
  }

  /** Distributions with {@code k} tokens kept at each position. */
  static Distributions of(int k, int[] tokens, float[] probabilities, float[] remainder) {
    int[] ends = new int[remainder.length];
    Arrays.setAll(ends, position -> Math.multiplyExact(position + 1, k));
    return new Distributions(ends, tokens, probabilities, remainder);
  }

  /** All positions of some distributions of one kind, in their order. */
  static Distributions joined(List<Distributions> parts) {
    int positions = parts.stream().mapToInt(Distributions::positions).sum();
    int kept = parts.stream().mapToInt(part -> part.probabilities.length).reduce(0, Math::addExact);
    boolean full = parts.stream().allMatch(Distributions::isFull);
    int[] ends = new int[positions];
    int[] tokens = new int[full ? 0 : kept];
    float[] probabilities = new float[kept];
    float[] remainder = new float[positions];
    int at = 0;
    int before = 0;
    for (Distributions part : parts) {
      for (int i = 0; i < part.positions(); i++) {
        ends[at + i] = before + part.ends[i];
      }
      int length = part.probabilities.length;
      System.arraycopy(part.tokens, 0, tokens, before, part.tokens.length);
      System.arraycopy(part.probabilities, 0, probabilities, before, length);
      System.arraycopy(part.remainder, 0, remainder, at, part.positions());
      at += part.positions();
      before += length;
    }
    return new Distributions(ends, tokens, probabilities, remainder);
  }

  public int positions() {
    return ends.length;
  }

  /** Whether every token is kept. */
  public boolean isFull() {
    return tokens.length == 0;
  }

  /** Index of the first token that is kept at a position. */
  public int begin(int position) {
    return begin(ends, position);
  }

  private static int begin(int[] ends, int position) {
    return position == 0 ? 0 : ends[position - 1];
  }

  public int end(int position) {
    return ends[position];
  }

  /** Most tokens kept at any position. */
  int width() {
    int width = 0;
    for (int position = 0; position < positions(); position++) {
      width = Math.max(width, end(position) - begin(position));
    }
    return width;
  }

  boolean hasRemainder() {
    for (float mass : remainder) {
      if (mass > 0) {
        return true;
      }
    }
    return false;
  }

  /** Positions {@code [from, to)} as distributions of their own. */
  Distributions slice(int from, int to) {
    int first = begin(from);
    int last = to == from ? first : end(to - 1);
    int[] sliced = new int[to - from];
    Arrays.setAll(sliced, i -> ends[from + i] - first);
    return new Distributions(
        sliced,
        isFull() ? tokens : Arrays.copyOfRange(tokens, first, last),
        Arrays.copyOfRange(probabilities, first, last),
        Arrays.copyOfRange(remainder, from, to));
  }

  /**
   * Requires that the masses at each position add up to one.
   *
   * @throws IllegalArgumentException naming the first position where they do not
   */
  public Distributions requireMass(double tolerance) {
    for (int position = 0; position < positions(); position++) {
      double mass = mass(ends, probabilities, remainder, position);
      if (!(Math.abs(mass - 1) <= tolerance)) {
        throw new IllegalArgumentException(
            "the masses at position %d add up to %s, not to 1".formatted(position, mass));
      }
    }
    return this;
  }

  /**
   * By what each probability at a position is to be multiplied, so that rounding neither takes mass
   * nor adds any: the remainder, which is not rounded, stays as it is.
   */
  double correction(int position) {
    double rest = remainder[position];
    double kept = mass(ends, probabilities, remainder, position) - rest;
    return kept > 0 ? (1 - rest) / kept : 1;
  }

  private static double mass(int[] ends, float[] probabilities, float[] remainder, int position) {
    double mass = remainder[position] >= 0 ? remainder[position] : Double.NaN;
    for (int i = begin(ends, position); i < ends[position]; i++) {
      mass += probabilities[i] >= 0 ? probabilities[i] : Double.NaN;
    }
    return mass;
  }
}
