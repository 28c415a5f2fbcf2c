package io.sparkswitch.distill.target.store;

import java.io.Serializable;

/**
 * A file of the store as the manifest knows it.
 *
 * @param name file name in the folder
 * @param sha256 digest of the file, lower-case hexadecimal
 * @param bytes length of the file
 * @param rows sequences in it
 * @param targets target tokens in it
 * @param steps the steps it holds
 * @param sequences range of the indices in the global batch that it holds of each step
 */
public record TargetFile(
    String name, String sha256, long bytes, long rows, long targets, Span steps, Span sequences)
    implements Serializable {

  /**
   * A range of numbers.
   *
   * @param from the first
   * @param to the one after the last
   */
  public record Span(long from, long to) implements Serializable {
    public Span {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("no range: [%d, %d)".formatted(from, to));
      }
    }

    @Override
    public String toString() {
      return "[%d, %d)".formatted(from, to);
    }

    boolean contains(long number) {
      return from <= number && number < to;
    }

    boolean meets(long otherFrom, long otherTo) {
      return from < otherTo && otherFrom < to;
    }
  }
}
