package io.sparkswitch.data.shard;

import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;

/** Segments as Parquet records. */
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
    out.startField(ShardSchema.ROW, 0);
    out.addLong(segment.row());
    out.endField(ShardSchema.ROW, 0);
    out.startField(ShardSchema.SOURCE, 1);
    out.addInteger(segment.source());
    out.endField(ShardSchema.SOURCE, 1);
    out.startField(ShardSchema.TOKEN_OFFSET, 2);
    out.addLong(segment.tokenOffset());
    out.endField(ShardSchema.TOKEN_OFFSET, 2);
    out.startField(ShardSchema.TOKENS, 3);
    writeTokens(segment.tokens());
    out.endField(ShardSchema.TOKENS, 3);
    out.endMessage();
  }

  private void writeTokens(int[] tokens) {
    out.startGroup();
    out.startField(ShardSchema.LIST, 0);
    for (int token : tokens) {
      out.startGroup();
      out.startField(ShardSchema.ELEMENT, 0);
      out.addInteger(token);
      out.endField(ShardSchema.ELEMENT, 0);
      out.endGroup();
    }
    out.endField(ShardSchema.LIST, 0);
    out.endGroup();
  }

  private static WriteContext context() {
    return new WriteContext(
        ShardSchema.SEGMENT, Map.of("sparkswitch.schema", Integer.toString(ShardSchema.VERSION)));
  }
}
