package io.sparkswitch.model.moe;

/**
 * How many tokens of a routing group an expert takes (paper equation 3).
 *
 * @param kind the law
 * @param factor multiple of an even share of the group's choices; read by the two laws of a share
 * @param tokens read by {@link Kind#FIXED}
 */
public record Capacity(Kind kind, double factor, int tokens) {
  /** The laws. */
  public enum Kind {
    /** ceil(choices · tokens / experts · factor). */
    SHARE_ROUNDED_UP,
    /** floor(choices · tokens / experts · factor). */
    SHARE_ROUNDED_DOWN,
    /** The same number whatever the group's length, as Hugging Face's models have it. */
    FIXED,
    /** All that come. */
    DROPLESS
  }

  public Capacity {
    if (kind == Kind.FIXED && tokens < 1) {
      throw new IllegalArgumentException(
          "a fixed capacity is %d, must be at least 1".formatted(tokens));
    }
    if (isShare(kind) && !(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "capacityFactor is %s, must be above 0 and finite".formatted(factor));
    }
  }

  public static Capacity dropless() {
    return new Capacity(Kind.DROPLESS, 0, 0);
  }

  /** The paper's, rounded up; dropless if the factor is infinite. */
  public static Capacity factor(double factor) {
    return Double.isInfinite(factor) ? dropless() : new Capacity(Kind.SHARE_ROUNDED_UP, factor, 0);
  }

  public static Capacity fixed(int tokens) {
    return new Capacity(Kind.FIXED, 0, tokens);
  }

  /**
   * @param groupTokens real tokens of the group
   * @param experts number of experts
   * @param choices experts a token asks for at once
   */
  public int of(int groupTokens, int experts, int choices) {
    return switch (kind) {
      case DROPLESS -> Integer.MAX_VALUE;
      case FIXED -> tokens;
      // A factor such as 1.1 is no binary fraction: its rounding error must not buy or cost a slot.
      case SHARE_ROUNDED_UP -> {
        double exact = share(groupTokens, experts, choices);
        yield (int) Math.ceil(exact - 1e-9 * Math.max(1, exact));
      }
      case SHARE_ROUNDED_DOWN -> {
        double exact = share(groupTokens, experts, choices);
        yield (int) Math.floor(exact + 1e-9 * Math.max(1, exact));
      }
    };
  }

  private double share(int groupTokens, int experts, int choices) {
    return (double) choices * groupTokens * factor / experts;
  }

  private static boolean isShare(Kind kind) {
    return kind == Kind.SHARE_ROUNDED_UP || kind == Kind.SHARE_ROUNDED_DOWN;
  }
}
