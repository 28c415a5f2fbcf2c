package io.sparkswitch.data.clean;

/**
 * A span of a document.
 *
 * @param index its number in the document, from 0; no other cut has the same numbers
 * @param key of its text, lower-cased and stripped
 * @param place where it is
 */
public record Span(int index, TextKey key, Place place) {

  /**
   * Where a span is in its document, everything from 0.
   *
   * @param line of its first unit
   * @param sentence of its first unit, within the line
   * @param begin first UTF-16 unit
   * @param end one past the last UTF-16 unit, white space after it included
   */
  public record Place(int line, int sentence, int begin, int end) {}
}
