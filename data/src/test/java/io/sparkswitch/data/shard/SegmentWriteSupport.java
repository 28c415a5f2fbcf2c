package io.sparkswitch.data.shard;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;

/** Segments as records of Parquet's own writer. */
final class SegmentWriteSupport extends WriteSupport<Segment> {
  private RecordConsumer out;

  @Override
  public WriteContext init(Configuration configuration) {
    return context();
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return context();
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    out = recordConsumer;
  }

  @Override
  public void write(Segment segment) {
    out.startMessage();
    number(ShardSchema.SEGMENT_ID, 0, segment.id());
    out.startField(ShardSchema.TOKENS, 1);
    writeTokens(segment.tokens());
    out.endField(ShardSchema.TOKENS, 1);
    out.startField(ShardSchema.SPANS, 2);
    writeSpans(segment.spans());
    out.endField(ShardSchema.SPANS, 2);
    out.endMessage();
  }

  private void writeTokens(int[] tokens) {
    out.startGroup();
    out.startField(ShardSchema.LIST, 0);
    for (int token : tokens) {
      out.startGroup();
      number(ShardSchema.ELEMENT, 0, token);
      out.endGroup();
    }
    out.endField(ShardSchema.LIST, 0);
    out.endGroup();
  }

  private void writeSpans(List<DocumentSpan> spans) {
    out.startGroup();
    if (!spans.isEmpty()) {
      out.startField(ShardSchema.LIST, 0);
      spans.forEach(this::writeSpan);
      out.endField(ShardSchema.LIST, 0);
    }
    out.endGroup();
  }

  private void writeSpan(DocumentSpan span) {
    out.startGroup();
    out.startField(ShardSchema.ELEMENT, 0);
    out.startGroup();
    number(ShardSchema.PLACE, 0, span.place());
    number(ShardSchema.URL_HASH, 1, span.urlHash());
    number(ShardSchema.OFFSET, 2, span.offset());
    number(ShardSchema.LENGTH, 3, span.length());
    out.endGroup();
    out.endField(ShardSchema.ELEMENT, 0);
    out.endGroup();
  }

  private void number(String field, int index, long value) {
    out.startField(field, index);
    out.addLong(value);
    out.endField(field, index);
  }

  private void number(String field, int index, int value) {
    out.startField(field, index);
    out.addInteger(value);
    out.endField(field, index);
  }

  private static WriteContext context() {
    return new WriteContext(
        ShardSchema.SEGMENT, Map.of("sparkswitch.schema", Integer.toString(ShardSchema.VERSION)));
  }
}
