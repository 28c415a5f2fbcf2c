package io.sparkswitch.data.shard;

/**
 * A run of a segment's tokens that came from one document. The runs of a segment follow one another
 * and cover it.
 *
 * @param place the document's place in its source file: line, row or byte offset, as the source
 *     counts
 * @param urlHash first eight bytes of the SHA-256 of the document's address, 0 where it has none
 * @param offset place of the run's first token among the document's tokens
 * @param length tokens of the run
 */
public record DocumentSpan(long place, long urlHash, int offset, int length) {
  public DocumentSpan {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(
          "a run of %d tokens from token %d of a document".formatted(length, offset));
    }
  }
}
