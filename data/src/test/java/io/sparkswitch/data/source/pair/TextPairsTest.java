package io.sparkswitch.data.source.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.source.read.TestParquet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextPairsTest {
  private static final String LINES =
      """
      {"inputs": "sum: a b", "targets": "ab", "id": {"n": 1}}
      {"targets": "\u00e9", "inputs": ""}
      """;
  private static final List<TextPair> PAIRS =
      List.of(new TextPair(1, "sum: a b", "ab"), new TextPair(2, "", "\u00e9"));

  @TempDir Path folder;

  @Test
  void linesArePairsWhateverElseTheyHold() throws IOException {
    assertThat(read(text("a.jsonl", LINES))).isEqualTo(PAIRS);
  }

  @Test
  void gzippedLinesAreReadAsTheyAre() throws IOException {
    Path file = folder.resolve("a.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(LINES.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(read(file)).isEqualTo(PAIRS);
  }

  @Test
  void rowsOfParquetArePairs() throws IOException {
    Path file =
        TestParquet.write(
            folder.resolve("a.parquet"),
            TestParquet.schema(
                "required binary targets (STRING); optional int64 id; optional binary inputs"
                    + " (STRING)"),
            3000,
            (row, page) -> {
              page.append("targets", "t" + row);
              page.append("inputs", "i" + row);
            });

    List<TextPair> pairs = read(file);

    assertThat(pairs).hasSize(3000).startsWith(new TextPair(1, "i0", "t0"));
    assertThat(pairs.get(2999)).isEqualTo(new TextPair(3000, "i2999", "t2999"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"inputs\": \"x\"} | no field \"targets\"",
        "{\"inputs\": 1, \"targets\": \"y\"} | field \"inputs\" is not a string",
        "{\"inputs\": \"x\", | not JSON",
        "[] | not a JSON object"
      })
  void aMalformedLineIsNamedWithItsFileAndNumber(String line, String reason) throws IOException {
    Path file = text("bad.jsonl", LINES + line + "\n" + LINES);

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bad.jsonl, example 3: " + reason)
        .hasMessageContaining("mend or remove it");
  }

  @Test
  void truncatedGzipAndMissingColumnsAreRefused() throws IOException {
    Path file = folder.resolve("cut.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(LINES.repeat(1000).getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 10));
    Path columns = TestParquet.write(folder.resolve("text.parquet"), 3);

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("damaged or truncated");
    assertThatThrownBy(() -> read(columns))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("without a string column \"inputs\"; its columns are [text]");
  }

  @Test
  void aFolderGivesItsExampleFilesByName() throws IOException {
    text("b.jsonl", LINES);
    text("a.json", LINES);
    text("README.md", "no examples");
    text(".hidden.jsonl", LINES);

    assertThat(TextPairs.files(folder.toString(), new Configuration()))
        .extracting(org.apache.hadoop.fs.Path::getName)
        .containsExactly("a.json", "b.jsonl");
    assertThatThrownBy(
            () -> TextPairs.files(folder.resolve("none").toString(), new Configuration()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there is no such file or folder of examples");
    assertThatThrownBy(
            () -> TextPairs.files(folder.resolve("README.md").toString(), new Configuration()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no examples");
  }

  private Path text(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<TextPair> read(Path file) {
    List<TextPair> pairs = new ArrayList<>();
    try (TextPairs all =
        TextPairs.open(new org.apache.hadoop.fs.Path(file.toString()), new Configuration())) {
      all.forEachRemaining(pairs::add);
    }
    return pairs;
  }
}
