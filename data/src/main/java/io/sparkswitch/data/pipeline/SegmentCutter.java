package io.sparkswitch.data.pipeline;

import java.io.IOException;

/** Cuts a stream of tokens into segments of fixed length; documents follow without separator. */
final class SegmentCutter {
  /** Takes whole segments, {@code <int32>[segmentLength]}; the array is reused. */
  interface Sink {
    void accept(int[] segment) throws IOException;
  }

  private final int[] segment;
  private final Sink sink;
  private int filled;
  private long tokens;
  private long segments;

  SegmentCutter(int segmentLength, Sink sink) {
    this.segment = new int[segmentLength];
    this.sink = sink;
  }

  void add(int[] document) throws IOException {
    tokens += document.length;
    int from = 0;
    while (from < document.length) {
      int count = Math.min(document.length - from, segment.length - filled);
      System.arraycopy(document, from, segment, filled, count);
      from += count;
      filled += count;
      if (filled == segment.length) {
        sink.accept(segment);
        segments++;
        filled = 0;
      }
    }
  }

  long tokens() {
    return tokens;
  }

  long segments() {
    return segments;
  }

  /** Tokens that do not fill a segment: at the end of a file these are dropped. */
  int rest() {
    return filled;
  }
}
