package io.sparkswitch.data.token;

/**
 * Words met before and their best paths, as many as there is room for: a later word takes the place
 * of an earlier one. An entry lies in one piece of 128 bytes, so that finding it costs one look at
 * memory. For one thread at a time.
 */
final class KeptWords {
  private static final int ENTRIES = 1 << 17;

  /** Words with more characters (UTF-16), or more pieces, are not kept. */
  static final int LONGEST = 24;

  private static final int MOST_PIECES = 8;

  private static final int HASH = 0;
  private static final int SIZES = 1;
  private static final int MARGIN = 2;
  private static final int CHARACTERS = 3;
  private static final int IDS = CHARACTERS + LONGEST / 2;
  private static final int SCORES = IDS + MOST_PIECES;
  private static final int STRIDE = 32;

  private static final int SPREAD = 0x9E3779B9;
  private static final int NONE = -1;

  private final int[] entries = new int[ENTRIES * STRIDE];

  private static int place(int hash) {
    return (hash * SPREAD >>> Integer.numberOfLeadingZeros(ENTRIES - 1)) * STRIDE;
  }

  /**
   * The entry of a word of at most {@link #LONGEST} characters, or -1.
   *
   * @param hash of the word, as {@link String#hashCode}
   */
  int find(String text, int from, int to, int hash) {
    int at = place(hash);
    if (entries[at + HASH] != hash || (entries[at + SIZES] & 0xFF) != to - from) {
      return NONE;
    }
    for (int i = from, word = at + CHARACTERS; i < to; i += 2, word++) {
      if (entries[word] != pair(text, i, to)) {
        return NONE;
      }
    }
    return at;
  }

  private static int pair(String text, int at, int to) {
    return text.charAt(at) | (at + 1 < to ? text.charAt(at + 1) << Character.SIZE : 0);
  }

  /** Whether an entry's path is the best one after a text with the score {@code before}. */
  boolean isBestAfter(int entry, float before, float largest) {
    return EncodedWord.isBestAfter(
        before,
        Float.intBitsToFloat(entries[entry + MARGIN]),
        entries[entry + SIZES] >>> 24,
        largest);
  }

  /** Adds an entry's ids; the score of a text that had {@code before} and goes on with it. */
  float append(int entry, float before, IdBuffer ids) {
    int sizes = entries[entry + SIZES];
    ids.add(entries, entry + IDS, sizes >> 8 & 0xFF);
    float score = before;
    for (int i = 0; i < (sizes >> 16 & 0xFF); i++) {
      score += Float.intBitsToFloat(entries[entry + SCORES + i]);
    }
    return score;
  }

  /** Keeps a word if there is room for its path. */
  void keep(String word, int hash, EncodedWord path) {
    int[] ids = path.ids();
    float[] scores = path.scores();
    if (ids.length > MOST_PIECES || scores.length > MOST_PIECES) {
      return;
    }
    int at = place(hash);
    entries[at + HASH] = hash;
    entries[at + SIZES] =
        word.length() | ids.length << 8 | scores.length << 16 | path.characters() << 24;
    entries[at + MARGIN] = Float.floatToRawIntBits(Math.nextDown((float) path.margin()));
    for (int i = 0; i < word.length(); i += 2) {
      entries[at + CHARACTERS + i / 2] = pair(word, i, word.length());
    }
    System.arraycopy(ids, 0, entries, at + IDS, ids.length);
    for (int i = 0; i < scores.length; i++) {
      entries[at + SCORES + i] = Float.floatToRawIntBits(scores[i]);
    }
  }
}
