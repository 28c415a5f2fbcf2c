package io.sparkswitch.model.moe;

/**
 * Which experts a token asks for.
 *
 * @param kind the law
 * @param choices experts a token may ask for: k of top-k, stages of No-Token-Left-Behind
 * @param renormalise whether a token's gates are divided by their sum; top-k with k above 1 only
 */
public record Selection(Kind kind, int choices, boolean renormalise) {
  /** The laws. */
  public enum Kind {
    /** The k most probable experts, all of them; first choices are placed before second ones. */
    TOP_K,
    /** The next most probable expert where the one before was full (paper, appendix B). */
    NO_TOKEN_LEFT_BEHIND
  }

  public Selection {
    if (choices < 1) {
      throw new IllegalArgumentException("choices is %d, must be at least 1".formatted(choices));
    }
    if (renormalise && (kind != Kind.TOP_K || choices == 1)) {
      throw new IllegalArgumentException(
          "renormalise needs top-k with k above 1: a single gate would be 1, and the router learn nothing");
    }
  }

  public static Selection topK(int k) {
    return new Selection(Kind.TOP_K, k, false);
  }

  public static Selection noTokenLeftBehind(int stages) {
    return new Selection(Kind.NO_TOKEN_LEFT_BEHIND, stages, false);
  }

  /** Experts that compute a token when none is full. */
  public int expertsPerToken() {
    return kind == Kind.TOP_K ? choices : 1;
  }
}
