package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The figures of {@code summary.json}.
 *
 * @param negLogPerplexity nats per target token over the validation split, higher is better; a
 *     training without a figure has no entry
 * @param seconds wall clock of the whole journey, empty when nothing recorded it
 */
public record Summary(Map<Role, Double> negLogPerplexity, OptionalDouble seconds) {
  /** Below this gain of Switch over dense, in nats per target token, its share means nothing. */
  public static final double SMALLEST_GAIN = 0.03;

  public Summary {
    negLogPerplexity = Map.copyOf(negLogPerplexity);
  }

  static Summary of(RunFolder folder, OptionalDouble seconds) {
    Map<Role, Double> figures = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      folder.negLogPerplexity(role).ifPresent(figure -> figures.put(role, figure));
    }
    return new Summary(figures, seconds);
  }

  OptionalDouble of(Role role) {
    Double figure = negLogPerplexity.get(role);
    return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure);
  }

  /** What a training gains over the dense model, nats per target token. */
  OptionalDouble gain(Role role) {
    OptionalDouble dense = of(Role.DENSE);
    OptionalDouble other = of(role);
    return dense.isPresent() && other.isPresent()
        ? OptionalDouble.of(other.getAsDouble() - dense.getAsDouble())
        : OptionalDouble.empty();
  }

  /**
   * (student − dense) / (switch − dense); empty when a figure is missing or the gain of Switch is
   * under {@link #SMALLEST_GAIN}.
   */
  public OptionalDouble shareOfGainKept() {
    OptionalDouble gain = gain(Role.SWITCH);
    OptionalDouble kept = gain(Role.STUDENT);
    return gain.isPresent() && kept.isPresent() && gain.getAsDouble() >= SMALLEST_GAIN
        ? OptionalDouble.of(kept.getAsDouble() / gain.getAsDouble())
        : OptionalDouble.empty();
  }

  /** The content of {@code summary.json}; figures that are missing are null. */
  public String toJson() {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      figures.put(role.key(), negLogPerplexity.get(role));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("negLogPerplexity", figures);
    summary.put("shareOfGainKept", boxed(shareOfGainKept()));
    summary.put("seconds", boxed(seconds));
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("summary of plain numbers could not be written", e);
    }
  }

  private static Double boxed(OptionalDouble figure) {
    return figure.isPresent() ? figure.getAsDouble() : null;
  }
}
