package io.sparkswitch.data.token;

/**
 * The best path of one word.
 *
 * @param ids what it is written as
 * @param scores of the path's pieces, in order; unknown characters are pieces here
 * @param characters code points of the normalised word
 * @param margin by how much the path is better than the next, in exact sums
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record EncodedWord(int[] ids, float[] scores, int characters, double margin) {
  static final EncodedWord EMPTY =
      new EncodedWord(new int[0], new float[0], 0, Double.POSITIVE_INFINITY);

  /** The score of a text that had {@code before} and goes on with this word. */
  float scoreAfter(float before) {
    float score = before;
    for (float piece : scores) {
      score += piece;
    }
    return score;
  }

  /**
   * Whether the best path of exact sums is also that of sums in float32 which begin with {@code
   * before}: no rounding of so many sums can make up for the margin.
   *
   * @param largest magnitude of any piece's score
   */
  static boolean isBestAfter(float before, double margin, int characters, float largest) {
    float magnitude = Math.abs(before) + (characters + 1) * largest;
    return margin > 2.0 * (characters + 1) * Math.ulp(magnitude);
  }
}
