package io.sparkswitch.data.shard;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Util;

/**
 * The end of a Parquet file, written so that equal content gives equal bytes: Parquet lists a
 * column's encodings in the order of a hash set, which differs from one JVM to the next.
 */
final class StableFooter extends OutputStream {
  private static final int MAGIC = 4;

  private final OutputStream out;
  private ByteArrayOutputStream tail;

  StableFooter(OutputStream out) {
    this.out = out;
  }

  /** From here on all is held back until the file is closed; the footer is in what follows. */
  void begin() {
    tail = new ByteArrayOutputStream();
  }

  @Override
  public void write(int b) throws IOException {
    (tail == null ? out : tail).write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    (tail == null ? out : tail).write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (tail != null && tail.size() > 0) {
      out.write(sorted(tail.toByteArray()));
      tail = null;
    }
    out.close();
  }

  private static byte[] sorted(byte[] end) throws IOException {
    int lengthAt = end.length - MAGIC - Integer.BYTES;
    int length = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN).getInt(lengthAt);
    int footerAt = lengthAt - length;
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(end, footerAt, length));
    for (RowGroup group : footer.getRow_groups()) {
      group.getColumns().forEach(StableFooter::sort);
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, written);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(end, 0, footerAt);
    written.writeTo(all);
    all.writeBytes(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(written.size())
            .array());
    all.write(end, end.length - MAGIC, MAGIC);
    return all.toByteArray();
  }

  private static void sort(ColumnChunk column) {
    ColumnMetaData metadata = column.getMeta_data();
    metadata.getEncodings().sort(Comparator.comparing(Encoding::getValue));
    if (metadata.isSetEncoding_stats()) {
      metadata
          .getEncoding_stats()
          .sort(
              Comparator.comparing((PageEncodingStats stats) -> stats.getPage_type().getValue())
                  .thenComparing(stats -> stats.getEncoding().getValue()));
    }
  }
}
