package io.sparkswitch.data.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.CodecFactory.BytesCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

/** All columns of a shard but the tokens, of one row group; a few values a segment. */
final class LineageColumns {
  private static final int TRUNCATED = 64;

  private final List<Long> ids = new ArrayList<>();
  private final List<List<DocumentSpan>> spans = new ArrayList<>();

  void add(long id, List<DocumentSpan> documents) {
    ids.add(id);
    spans.add(List.copyOf(documents));
  }

  int rows() {
    return ids.size();
  }

  void flushIds(ParquetFileWriter out, BytesCompressor zstd) throws IOException {
    flush(
        out,
        zstd,
        ShardSchema.ONLY_IDS,
        store -> {
          ColumnWriter column = store.getColumnWriter(ShardSchema.ONLY_IDS.getColumns().get(0));
          for (long id : ids) {
            column.write(id, 0, 0);
            store.endRecord();
          }
        });
    ids.clear();
  }

  void flushSpans(ParquetFileWriter out, BytesCompressor zstd) throws IOException {
    flush(out, zstd, ShardSchema.ONLY_SPANS, this::writeSpans);
    spans.clear();
  }

  private void writeSpans(ColumnWriteStore store) {
    List<ColumnWriter> columns =
        ShardSchema.ONLY_SPANS.getColumns().stream().map(store::getColumnWriter).toList();
    for (List<DocumentSpan> documents : spans) {
      for (int i = 0; i < documents.size(); i++) {
        DocumentSpan span = documents.get(i);
        int repetition = i == 0 ? 0 : 1;
        columns.get(0).write(span.place(), repetition, 1);
        columns.get(1).write(span.urlHash(), repetition, 1);
        columns.get(2).write(span.offset(), repetition, 1);
        columns.get(3).write(span.length(), repetition, 1);
      }
      if (documents.isEmpty()) {
        columns.forEach(column -> column.writeNull(0, 0));
      }
      store.endRecord();
    }
  }

  /** Writes all values of some columns into their store. */
  private interface Values {
    void writeTo(ColumnWriteStore store);
  }

  private static void flush(
      ParquetFileWriter out, BytesCompressor zstd, MessageType columns, Values values)
      throws IOException {
    try (ColumnChunkPageWriteStore pages =
            new ColumnChunkPageWriteStore(
                zstd, columns, HeapByteBufferAllocator.getInstance(), TRUNCATED, true);
        ColumnWriteStore store =
            ParquetProperties.builder().build().newColumnWriteStore(columns, pages)) {
      values.writeTo(store);
      store.flush();
      pages.flushToFileWriter(out);
    }
  }
}
