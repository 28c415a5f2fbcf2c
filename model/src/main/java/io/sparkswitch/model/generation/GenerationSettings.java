package io.sparkswitch.model.generation;

/**
 * How to generate.
 *
 * @param method how the next token is chosen
 * @param maxTokens tokens at most, the end included
 * @param allowed ids that may be generated
 */
public record GenerationSettings(DecodingMethod method, int maxTokens, AllowedTokens allowed) {
  public GenerationSettings {
    if (maxTokens < 1) {
      throw new IllegalArgumentException(
          "maxTokens is %d, must be at least 1".formatted(maxTokens));
    }
  }
}
