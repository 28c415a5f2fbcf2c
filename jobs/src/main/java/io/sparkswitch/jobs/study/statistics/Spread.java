package io.sparkswitch.jobs.study.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One number of each pair: its mean, and how far pairs differ.
 *
 * @param values a pair each, at least one
 */
public record Spread(List<Double> values) {

  /**
   * @throws IllegalArgumentException if there is no value, or one is not finite
   */
  public Spread {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no pair, so there is no mean");
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a pair's value is %s".formatted(value));
      }
    }
  }

  /**
   * Of differences within pairs.
   *
   * @throws IllegalArgumentException if there are not as many of the one as of the other
   */
  public static Spread ofDifferences(List<Double> values, List<Double> minus) {
    if (values.size() != minus.size()) {
      throw new IllegalArgumentException(
          "%d values beside %d are no pairs".formatted(values.size(), minus.size()));
    }
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      differences.add(values.get(i) - minus.get(i));
    }
    return new Spread(differences);
  }

  public int pairs() {
    return values.size();
  }

  public double mean() {
    return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
  }

  /** Of a population of which these are a sample; empty for one pair. */
  public OptionalDouble standardDeviation() {
    return values.size() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.sqrt(squares() / (values.size() - 1)));
  }

  /** Of the mean; empty for one pair. */
  public OptionalDouble standardError() {
    OptionalDouble deviation = standardDeviation();
    return deviation.isPresent()
        ? OptionalDouble.of(deviation.getAsDouble() / Math.sqrt(values.size()))
        : OptionalDouble.empty();
  }

  /** Squared distances from the mean, summed. */
  double squares() {
    double mean = mean();
    return values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
  }
}
