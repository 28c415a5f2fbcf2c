package io.sparkswitch.distill.target;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How soft targets were made.
 *
 * @param kind what is kept of a distribution
 * @param kept tokens kept a position, or drawn; the vocabulary's rows if all
 * @param values what probabilities are rounded to
 * @param temperature of the teacher's softmax
 * @param steps batches of the student's stream that are covered, from step 0
 * @param precision the teacher computed in; null in what versions wrote that did not tell
 */
public record TargetsSettings(
    TargetKind kind,
    int kept,
    TargetValues values,
    double temperature,
    long steps,
    String precision)
    implements Serializable {
  public TargetsSettings {
    if (kept < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "soft targets of %d tokens over %d steps: both are at least 1".formatted(kept, steps));
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "soft targets at temperature %s: it must be above 0".formatted(temperature));
    }
    if (values == TargetValues.EIGHT_BIT && kind != TargetKind.TOP_K) {
      throw new IllegalArgumentException("8-bit values are for top-k alone, not for " + kind);
    }
  }

  public static TargetsSettings full(int vocab, TargetValues values) {
    return new TargetsSettings(TargetKind.FULL, vocab, values, 1, 1, null);
  }

  public static TargetsSettings topK(int k, TargetValues values) {
    return new TargetsSettings(TargetKind.TOP_K, k, values, 1, 1, null);
  }

  /** Shares of the draws are stored as they are. */
  public static TargetsSettings sampled(int draws) {
    return new TargetsSettings(TargetKind.SAMPLED, draws, TargetValues.FLOAT32, 1, 1, null);
  }

  public TargetsSettings at(double itsTemperature) {
    return new TargetsSettings(kind, kept, values, itsTemperature, steps, precision);
  }

  public TargetsSettings over(long itsSteps) {
    return new TargetsSettings(kind, kept, values, temperature, itsSteps, precision);
  }

  public TargetsSettings in(String itsPrecision) {
    return new TargetsSettings(kind, kept, values, temperature, steps, itsPrecision);
  }

  /** Everything by its name, for a person. */
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("kind", kind);
    fields.put("tokens kept or drawn", kept);
    fields.put("values", values);
    fields.put("temperature", temperature);
    fields.put("steps", steps);
    fields.put("precision", precision);
    return fields;
  }
}
