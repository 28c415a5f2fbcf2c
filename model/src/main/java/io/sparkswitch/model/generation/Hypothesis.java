package io.sparkswitch.model.generation;

import java.util.Arrays;

/**
 * Tokens that may follow a prompt.
 *
 * @param tokens without start token and end
 * @param logProbability sum of the tokens' and, if it has ended, the end's
 */
record Hypothesis(int[] tokens, double logProbability) {
  static final Hypothesis EMPTY = new Hypothesis(new int[0], 0);

  /** Its place is taken by nothing that can be continued. */
  static final Hypothesis DEAD = new Hypothesis(new int[0], Double.NEGATIVE_INFINITY);

  /**
   * @param sum log-probability up to and including the token
   */
  Hypothesis then(int token, double sum) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
    longer[tokens.length] = token;
    return new Hypothesis(longer, sum);
  }
}
