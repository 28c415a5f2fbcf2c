package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.shard.DocumentSpan;
import io.sparkswitch.data.shard.ShardCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Cuts a stream of tokens into segments of fixed length; documents follow without separator. The
 * rest at the end, too short for a segment, is dropped and counted.
 */
final class SegmentCutter {
  /** Takes whole segments, {@code <int32>[segmentLength]}; array and list are reused. */
  interface Sink {
    void accept(int[] segment, List<DocumentSpan> spans) throws IOException;
  }

  private final int[] segment;
  private final List<DocumentSpan> spans = new ArrayList<>();
  private final Sink sink;
  private final List<Long> documentsByLength = new ArrayList<>();
  private int filled;
  private long documents;
  private long textBytes;
  private long tokens;
  private long segments;

  SegmentCutter(int segmentLength, Sink sink) {
    this.segment = new int[segmentLength];
    this.sink = sink;
  }

  /**
   * @param place of the document in its source
   * @param urlHash of the document's address
   * @param bytes of the document's text in UTF-8
   */
  void add(int[] document, long place, long urlHash, long bytes) throws IOException {
    count(document.length, bytes);
    int from = 0;
    while (from < document.length) {
      int count = Math.min(document.length - from, segment.length - filled);
      System.arraycopy(document, from, segment, filled, count);
      spans.add(new DocumentSpan(place, urlHash, from, count));
      from += count;
      filled += count;
      if (filled == segment.length) {
        sink.accept(segment, spans);
        segments++;
        filled = 0;
        spans.clear();
      }
    }
  }

  ShardCounts counts() {
    return new ShardCounts(documents, textBytes, tokens, filled, segments, documentsByLength);
  }

  private void count(int length, long bytes) {
    documents++;
    textBytes += bytes;
    tokens += length;
    int octave = 31 - Integer.numberOfLeadingZeros(Math.max(length, 1));
    if (octave >= documentsByLength.size()) {
      documentsByLength.addAll(Collections.nCopies(octave + 1 - documentsByLength.size(), 0L));
    }
    documentsByLength.set(octave, documentsByLength.get(octave) + 1);
  }
}
