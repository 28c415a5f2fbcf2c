package io.sparkswitch.data.batch.window;

/** Token ids in as few bytes as the largest needs: two below 65,536, else three. */
public final class PackedTokens {
  private static final int LOW_BITS = 16;
  private static final int MAX_BITS = 24;
  private static final byte[] NONE = {};

  private final char[] low;
  private final byte[] high;

  private PackedTokens(char[] low, byte[] high) {
    this.low = low;
    this.high = high;
  }

  /**
   * Packs a copy.
   *
   * @param tokens ids from 0 to 16,777,215
   */
  public static PackedTokens of(int[] tokens) {
    int all = 0;
    for (int token : tokens) {
      all |= token;
    }
    if (all >>> MAX_BITS != 0) {
      throw new IllegalArgumentException(
          "a token outside [0, %d): no vocabulary has such ids".formatted(1 << MAX_BITS));
    }
    char[] low = new char[tokens.length];
    byte[] high = all >>> LOW_BITS == 0 ? NONE : new byte[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      low[i] = (char) tokens[i];
    }
    for (int i = 0; i < high.length; i++) {
      high[i] = (byte) (tokens[i] >>> LOW_BITS);
    }
    return new PackedTokens(low, high);
  }

  /** The ids from a place on, {@code <int32>[length]}. */
  public int[] copy(int from, int length) {
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = low[from + i];
    }
    if (high.length > 0) {
      for (int i = 0; i < length; i++) {
        tokens[i] |= (high[from + i] & 0xff) << LOW_BITS;
      }
    }
    return tokens;
  }

  long bytes() {
    return 2L * low.length + high.length;
  }
}
