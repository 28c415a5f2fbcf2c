package io.sparkswitch.data.source.pair;

import io.sparkswitch.data.source.read.ParquetTextReader;
import io.sparkswitch.data.source.read.TextColumns;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import io.sparkswitch.data.source.unpack.StoredFile;
import io.sparkswitch.data.source.unpack.Utf8;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** A row an example, from the string columns {@code inputs} and {@code targets}. */
final class ParquetPairReader implements PairReader {
  private final ParquetFileReader file;
  private final MessageType schema;
  private PageReadStore pages;
  private TextColumns columns;
  private long left;
  private long row;

  private ParquetPairReader(ParquetFileReader file, MessageType schema) {
    this.file = file;
    this.schema = schema;
  }

  /**
   * @throws IOException if it is no Parquet, or lacks a column
   */
  static ParquetPairReader open(Path path, Configuration conf) throws IOException {
    StoredFile stored = new StoredFile(path, conf);
    ParquetFileReader file =
        ParquetTextReader.damageChecked(
            () ->
                ParquetFileReader.open(
                    stored,
                    HadoopReadOptions.builder(conf, path)
                        .usePageChecksumVerification(true)
                        .build()));
    try {
      MessageType all = file.getFileMetaData().getSchema();
      MessageType schema =
          new MessageType(all.getName(), List.of(column(all, INPUTS), column(all, TARGETS)));
      file.setRequestedSchema(schema);
      return new ParquetPairReader(file, schema);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static Type column(MessageType schema, String name) throws IOException {
    return schema.getFields().stream()
        .filter(field -> field.getName().equals(name))
        .filter(field -> field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED))
        .filter(field -> field.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "Parquet without a string column \"%s\"; its columns are %s"
                        .formatted(name, schema.getFields().stream().map(Type::getName).toList())));
  }

  @Override
  public Optional<TextPair> next() throws IOException, MalformedLineException {
    while (left == 0) {
      closePages();
      pages = ParquetTextReader.damageChecked(file::readNextRowGroup);
      if (pages == null) {
        return Optional.empty();
      }
      left = pages.getRowCount();
      columns =
          ParquetTextReader.damageChecked(
              () -> new TextColumns(pages, schema, file.getFileMetaData().getCreatedBy()));
    }
    left--;
    row++;
    byte[] inputs = ParquetTextReader.damageChecked(() -> columns.bytes(INPUTS));
    byte[] targets = ParquetTextReader.damageChecked(() -> columns.bytes(TARGETS));
    columns.advance();
    return Optional.of(new TextPair(row, text(inputs, INPUTS), text(targets, TARGETS)));
  }

  private static String text(byte[] value, String name) throws MalformedLineException {
    if (value == null) {
      throw new MalformedLineException("no value in column \"%s\"".formatted(name));
    }
    if (!Utf8.isValid(value, 0, value.length)) {
      throw new MalformedLineException("column \"%s\" is not UTF-8".formatted(name));
    }
    return TextColumns.decoded(value);
  }

  private void closePages() {
    if (pages != null) {
      pages.close();
    }
  }

  @Override
  public void close() throws IOException {
    closePages();
    file.close();
  }
}
