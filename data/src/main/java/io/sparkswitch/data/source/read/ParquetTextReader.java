package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.unpack.Magic;
import io.sparkswitch.data.source.unpack.RawStream;
import io.sparkswitch.data.source.unpack.StoredFile;
import io.sparkswitch.data.source.unpack.Utf8;
import io.sparkswitch.data.source.unpack.WrongExtensionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * A row a document, from the column {@code text} and, where there are such, {@code url}, {@code
 * timestamp} and {@code language}; a row's place is its number, from 1. Other columns are not read.
 * Holds one row group of these columns.
 */
public final class ParquetTextReader implements FormatReader {
  private static final Set<String> COLUMNS = Set.of("text", "url", "timestamp", "language");

  private final ParquetFileReader file;
  private final MessageType schema;
  private final int longestText;
  private PageReadStore pages;
  private TextColumns columns;
  private long left;
  private long row = 1;

  private ParquetTextReader(ParquetFileReader file, MessageType schema, int longestText) {
    this.file = file;
    this.schema = schema;
    this.longestText = longestText;
  }

  /**
   * Opens a file; a row with more than {@code longestText} bytes of text is malformed.
   *
   * @throws WrongExtensionException if it is no Parquet, or none with such a text
   * @throws IOException if it is damaged
   */
  static ParquetTextReader open(RawStream raw, String path, Configuration conf, int longestText)
      throws IOException {
    Optional<Magic> magic = Magic.of(raw.peek(Magic.LENGTH));
    if (!magic.equals(Optional.of(Magic.PARQUET))) {
      throw new WrongExtensionException(magic.map(Magic::content).orElse("not Parquet"));
    }
    Path where = new Path(path);
    StoredFile stored = new StoredFile(where, conf);
    ParquetFileReader file =
        damageChecked(
            () ->
                ParquetFileReader.open(
                    stored,
                    HadoopReadOptions.builder(conf, where)
                        .usePageChecksumVerification(true)
                        .build()));
    try {
      MessageType schema = wanted(file.getFileMetaData().getSchema());
      file.setRequestedSchema(schema);
      return new ParquetTextReader(file, schema, longestText);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Optional<SourceRecord> next() throws IOException {
    while (left == 0) {
      close(pages);
      pages = damageChecked(file::readNextRowGroup);
      if (pages == null) {
        return Optional.empty();
      }
      left = pages.getRowCount();
      columns =
          damageChecked(
              () -> new TextColumns(pages, schema, file.getFileMetaData().getCreatedBy()));
    }
    SourceRecord record = damageChecked(this::record);
    left--;
    row++;
    return Optional.of(record);
  }

  @Override
  public long position() {
    return row;
  }

  @Override
  public byte[] partial() {
    return new byte[0];
  }

  @Override
  public void close() throws IOException {
    close(pages);
    file.close();
  }

  private SourceRecord record() {
    byte[] text = columns.bytes("text");
    String url = columns.string("url");
    String timestamp = columns.string("timestamp");
    String language = columns.string("language");
    columns.advance();
    if (text == null) {
      return new SourceRecord.Malformed(row, "no value in column \"text\"", new byte[0]);
    }
    if (text.length > longestText) {
      return new SourceRecord.Malformed(
          row, "text of more than %d bytes".formatted(longestText), new byte[0]);
    }
    if (!Utf8.isValid(text, 0, text.length)) {
      return new SourceRecord.Malformed(row, "not UTF-8", text);
    }
    return new SourceRecord.Kept(
        row, new Document(url, TextColumns.decoded(text), timestamp, language));
  }

  private static MessageType wanted(MessageType schema) throws WrongExtensionException {
    List<Type> fields =
        schema.getFields().stream()
            .filter(field -> COLUMNS.contains(field.getName()))
            .filter(field -> field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED))
            .toList();
    boolean hasText =
        fields.stream()
            .filter(field -> field.getName().equals("text"))
            .anyMatch(
                field ->
                    field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY);
    if (!hasText) {
      throw new WrongExtensionException(
          "Parquet without a string column \"text\"; its columns are "
              + schema.getFields().stream().map(ParquetTextReader::named).toList());
    }
    return new MessageType(schema.getName(), fields);
  }

  private static String named(Type field) {
    return field.isPrimitive()
        ? "%s (%s)".formatted(field.getName(), field.asPrimitiveType().getPrimitiveTypeName())
        : field.getName() + " (group)";
  }

  private static void close(PageReadStore pages) {
    if (pages != null) {
      pages.close();
    }
  }

  /** Parquet's reader throws what it likes when content is damaged. */
  public static <T> T damageChecked(Step<T> step) throws IOException {
    try {
      return step.run();
    } catch (UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  public interface Step<T> {
    T run() throws IOException;
  }
}
