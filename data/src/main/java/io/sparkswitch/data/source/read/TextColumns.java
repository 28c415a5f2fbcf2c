package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.unpack.Utf8;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.DummyRecordConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** The flat columns of a row group, read side by side. */
public final class TextColumns {
  private final Map<String, ColumnReader> readers = new HashMap<>();

  /** The columns of {@code schema}, none of them repeated. */
  public TextColumns(PageReadStore pages, MessageType schema, String createdBy) {
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            pages, new DummyRecordConverter(schema).getRootConverter(), schema, createdBy);
    for (ColumnDescriptor column : schema.getColumns()) {
      readers.put(column.getPath()[0], store.getColumnReader(column));
    }
  }

  /** The value of a binary column at this row; null if there is none. */
  public byte[] bytes(String column) {
    ColumnReader reader = readers.get(column);
    return isPresent(reader) ? reader.getBinary().getBytes() : null;
  }

  /**
   * The value of a column at this row as text, a timestamp as ISO 8601 writes it; empty if there is
   * none, or none that is text.
   */
  String string(String column) {
    ColumnReader reader = readers.get(column);
    if (!isPresent(reader)) {
      return "";
    }
    PrimitiveType type = reader.getDescriptor().getPrimitiveType();
    if (type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY) {
      byte[] bytes = reader.getBinary().getBytes();
      return Utf8.isValid(bytes, 0, bytes.length) ? decoded(bytes) : "";
    }
    if (type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp) {
      ChronoUnit unit =
          switch (timestamp.getUnit()) {
            case MILLIS -> ChronoUnit.MILLIS;
            case MICROS -> ChronoUnit.MICROS;
            case NANOS -> ChronoUnit.NANOS;
          };
      return Instant.EPOCH.plus(reader.getLong(), unit).toString();
    }
    return "";
  }

  /** Moves to the next row. */
  public void advance() {
    readers.values().forEach(ColumnReader::consume);
  }

  public static String decoded(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static boolean isPresent(ColumnReader reader) {
    return reader != null
        && reader.getCurrentDefinitionLevel() == reader.getDescriptor().getMaxDefinitionLevel();
  }
}
