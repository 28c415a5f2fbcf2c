package io.sparkswitch.model.generation;

/** How the next token follows from the model's scores. */
public sealed interface DecodingMethod {

  /** Sequences that the decoder carries for each prompt. */
  default int beams() {
    return 1;
  }

  /** Always the most probable token; of equal ones that of the lower id. */
  record Greedy() implements DecodingMethod {}

  /**
   * Beam search as Hugging Face's with early stopping, the setting of T5's own tasks. A hypothesis
   * scores log-probability / length^{@code lengthPenalty}, its end counted in its length. A prompt
   * is done when {@code beams} hypotheses have ended, or when no open one can still beat the best;
   * if neither came to pass at the most tokens, the open ones compete as they are. Of equal
   * candidates the one from the higher-ranked beam is preferred, then the lower id.
   *
   * @param beams open hypotheses a prompt
   * @param lengthPenalty 0 compares log-probabilities; above 0 favours longer hypotheses
   */
  record Beam(int beams, double lengthPenalty) implements DecodingMethod {
    public Beam {
      if (beams < 1) {
        throw new IllegalArgumentException("beams is %d, must be at least 1".formatted(beams));
      }
      if (!Double.isFinite(lengthPenalty)) {
        throw new IllegalArgumentException(
            "the length penalty is %s, must be finite".formatted(lengthPenalty));
      }
    }
  }

  /**
   * Draws from the most probable tokens (nucleus sampling, Holtzman et al. 2019): the fewest whose
   * mass reaches {@code p}, of equally probable ones the lower ids, with renormalised
   * probabilities. A draw depends on the seed, the prompt's index and the position alone.
   *
   * @param p in (0, 1]; so small that one token reaches it, this is greedy; 1 keeps all
   * @param temperature the scores are divided by it before the softmax
   * @param seed of all draws
   */
  record TopP(double p, double temperature, long seed) implements DecodingMethod {
    public TopP {
      if (!(p > 0 && p <= 1)) {
        throw new IllegalArgumentException("top-p is %s, must be in (0, 1]".formatted(p));
      }
      if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "temperature is %s, must be above 0 and finite".formatted(temperature));
      }
    }
  }
}
