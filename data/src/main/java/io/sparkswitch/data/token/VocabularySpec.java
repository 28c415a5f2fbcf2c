package io.sparkswitch.data.token;

import java.io.Serializable;

/**
 * The arithmetic of a vocabulary's ids, as T5: pad 0 (also the decoder's start), end 1, unknown 2,
 * the pieces, then {@value #SENTINELS} sentinels counted down from the top.
 *
 * @param pieces number of SentencePiece pieces
 * @param digest SHA-256 of the {@code .model} file, lower-case hexadecimal
 */
public record VocabularySpec(int pieces, String digest) implements Serializable {
  public static final int PAD = 0;
  public static final int EOS = 1;
  public static final int UNKNOWN = 2;
  public static final int SENTINELS = 100;

  private static final int ROW_MULTIPLE = 128;

  public VocabularySpec {
    if (pieces <= UNKNOWN) {
      throw new IllegalArgumentException(
          "a vocabulary needs more than the %d control pieces, but has %d pieces"
              .formatted(UNKNOWN + 1, pieces));
    }
    if (digest == null || digest.isBlank()) {
      throw new IllegalArgumentException("a vocabulary needs the digest of its model file");
    }
  }

  /** Ids in use: pieces and sentinels. Ids from here up to {@link #rows()} are never generated. */
  public int size() {
    return pieces + SENTINELS;
  }

  /** Rows of the embedding: {@link #size()} rounded up to a multiple of 128. */
  public int rows() {
    return (size() + ROW_MULTIPLE - 1) / ROW_MULTIPLE * ROW_MULTIPLE;
  }

  /** Id of {@code <extra_id_i>}; {@code <extra_id_0>} has the highest id. */
  public int sentinel(int i) {
    if (i < 0 || i >= SENTINELS) {
      throw new IllegalArgumentException(
          "sentinel %d is outside [0, %d): use fewer or longer spans".formatted(i, SENTINELS));
    }
    return size() - 1 - i;
  }
}
