package io.sparkswitch.data.source.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** Small Parquet files of several row groups. */
public final class TestParquet {
  private TestParquet() {}

  /** Random texts in one column. */
  public static Path write(Path file, int rows) throws IOException {
    Random random = new Random(1);
    return write(
        file,
        schema("required binary text (STRING)"),
        rows,
        (row, page) -> page.append("text", "text " + random.nextLong()));
  }

  public static Path write(Path file, MessageType schema, int rows, Row row) throws IOException {
    SimpleGroupFactory groups = new SimpleGroupFactory(schema);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
            .withConf(new Configuration())
            .withType(schema)
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withPageSize(2000)
            .withRowGroupSize(20_000L)
            .withPageWriteChecksumEnabled(true)
            .build()) {
      for (int i = 0; i < rows; i++) {
        Group group = groups.newGroup();
        row.fill(i, group);
        writer.write(group);
      }
    }
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    return file;
  }

  public static MessageType schema(String columns) {
    return MessageTypeParser.parseMessageType("message page { " + columns + "; }");
  }

  public interface Row {
    void fill(int number, Group group);
  }
}
