package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.source.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTextReaderTest {
  private static final MessageType SCHEMA =
      TestParquet.schema(
          "required int64 id; optional binary text (STRING); required binary url (STRING);"
              + " optional int64 timestamp (TIMESTAMP(MILLIS, true)); optional binary language;"
              + " repeated binary tags");
  private static final int ROWS = 2000;

  @TempDir Path folder;

  @Test
  void rowsAreDocumentsAndTheirNumbersTheirPlaces() throws IOException {
    Path file =
        write(
            SCHEMA,
            ROWS,
            (row, page) -> {
              page.append("id", (long) row);
              if (row != 5) {
                page.append("text", "text \u00e9 " + row);
              }
              page.append("url", "https://a.b/" + row);
              if (row != 6) {
                page.append("timestamp", row * 1000L);
                page.append("language", "de");
              }
              page.append("tags", "x");
              page.append("tags", "y");
            });

    ReadFile read = ReadFile.of(file);

    assertThat(read.records()).hasSize(ROWS);
    assertThat(read.positions()).startsWith(1L, 2L).endsWith((long) ROWS);
    assertThat(read.documents())
        .startsWith(new Document("https://a.b/0", "text \u00e9 0", "1970-01-01T00:00:00Z", "de"))
        .contains(new Document("https://a.b/6", "text \u00e9 6", "", "und"));
    assertThat(read.malformed())
        .singleElement()
        .satisfies(malformed -> assertThat(malformed.position()).isEqualTo(6))
        .satisfies(
            malformed -> assertThat(malformed.reason()).isEqualTo("no value in column \"text\""));
  }

  @Test
  void textThatIsNotUtf8IsMalformed() throws IOException {
    Path file =
        write(
            TestParquet.schema("required binary text"),
            2,
            (row, page) ->
                page.append(
                    "text",
                    Binary.fromConstantByteArray(
                        "caf\u00e9"
                            .getBytes(
                                row == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8))));

    ReadFile read = ReadFile.of(file);

    assertThat(read.reasons()).containsExactly("not UTF-8");
    assertThat(read.texts()).containsExactly("caf\u00e9");
  }

  @Test
  void aFileWithoutAColumnOfTextIsOneMalformedRecordThatNamesTheColumns() throws IOException {
    Path file =
        write(TestParquet.schema("required int64 text"), 3, (row, page) -> page.append("text", 1L));

    assertThat(ReadFile.of(file).reasons())
        .containsExactly(
            "wrong extension: the content is Parquet without a string column \"text\"; its columns are [text (INT64)]");
  }

  @Test
  void aFileWithoutRowsIsOneMalformedRecord() throws IOException {
    Path file = write(TestParquet.schema("required binary text"), 0, (row, page) -> {});

    assertThat(ReadFile.of(file).reasons()).containsExactly("empty: the file holds no document");
    assertThat(ReadFile.of(Files.write(folder.resolve("b.parquet"), new byte[0])).reasons())
        .containsExactly("empty: the file holds no document");
  }

  @Test
  void otherContentIsOneMalformedRecord() throws IOException {
    Path file = Files.write(folder.resolve("b.parquet"), ReadFile.gzip("{\"text\":\"a\"}"));
    assertThat(ReadFile.of(file).reasons()).containsExactly("wrong extension: the content is gzip");
    Files.writeString(file, "{\"text\":\"a\"}");
    assertThat(ReadFile.of(file).reasons())
        .containsExactly("wrong extension: the content is not Parquet");
  }

  @Test
  void whereverAFileIsCutOffOrDamagedItEndsInOneMalformedRecord() throws IOException {
    Random random = new Random(1);
    Path file = TestParquet.write(folder.resolve("a.parquet"), ROWS);
    byte[] whole = Files.readAllBytes(file);
    int damagedInText = 0;
    for (int trial = 0; trial < 100; trial++) {
      byte[] cut = Arrays.copyOf(whole, 4 + random.nextInt(whole.length - 4));
      ReadFile read = ReadFile.of(Files.write(file, cut));
      assertThat(read.reasons()).singleElement().asString().startsWith("damaged or truncated: ");

      byte[] damaged = whole.clone();
      int at = 4 + random.nextInt(whole.length / 2);
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      read = ReadFile.of(Files.write(file, damaged));
      assertThat(read.reasons()).hasSizeLessThanOrEqualTo(1);
      if (!read.reasons().isEmpty()) {
        assertThat(read.reasons().get(0)).startsWith("damaged or truncated: ");
        assertThat(read.malformed().get(0).position()).isEqualTo(read.texts().size() + 1);
        damagedInText++;
      }
    }
    assertThat(damagedInText).isGreaterThan(90);
  }

  private Path write(MessageType schema, int rows, TestParquet.Row row) throws IOException {
    return TestParquet.write(folder.resolve("a.parquet"), schema, rows, row);
  }
}
