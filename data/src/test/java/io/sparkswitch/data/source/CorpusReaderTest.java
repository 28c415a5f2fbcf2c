package io.sparkswitch.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusReaderTest {
  @TempDir Path folder;

  @Test
  void everyLineComesOutOnceKeptOrMalformed() throws IOException {
    String lines = "{\"text\":\"one\"}\nnonsense\n\n{\"text\":\"two\"}";

    List<SourceRecord> records = read("a.json.gz", gzip(lines));

    assertThat(records).extracting(SourceRecord::position).containsExactly(1L, 2L, 3L, 4L);
    assertThat(texts(records)).containsExactly("one", "two");
    assertThat(reasons(records)).hasSize(2).last().isEqualTo("empty line");
    assertThat(((SourceRecord.Malformed) records.get(1)).content())
        .asString()
        .isEqualTo("nonsense");
  }

  @Test
  void gzipMembersAreReadOneAfterTheOther() throws IOException {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      members.write(gzip("{\"text\":\"%d %s\"}\n".formatted(i, "x".repeat(5000))));
    }

    assertThat(texts(read("a.json.gz", members.toByteArray()))).hasSize(50);
  }

  @Test
  void aTruncatedFileGivesWhatItHoldsAndOneDamagedRecord() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      lines.append("{\"text\":\"%s\"}\n".formatted(Integer.toString(i * 7919, 36)));
    }
    byte[] whole = gzip(lines.toString());

    List<SourceRecord> records = read("a.json.gz", Arrays.copyOf(whole, whole.length / 2));

    assertThat(texts(records)).hasSizeBetween(500, 1500);
    assertThat(reasons(records)).singleElement().asString().startsWith("damaged or truncated");
  }

  @Test
  void whatIsPackedIsToldByTheBytesAndNotByTheName() throws IOException {
    byte[] line = "{\"text\":\"a\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(texts(read("a.json.gz", line))).containsExactly("a");
    assertThat(texts(read("a.json", gzip("{\"text\":\"a\"}")))).containsExactly("a");
  }

  @Test
  void anEmptyFileIsOneMalformedRecord() throws IOException {
    for (String name : new String[] {"a.json", "a.json.gz"}) {
      assertThat(reasons(read(name, new byte[0])))
          .containsExactly("empty: the file holds no document");
    }
    assertThat(reasons(read("b.json.gz", gzip(""))))
        .containsExactly("empty: the file holds no document");
  }

  @Test
  void bytesThatAreNotUtf8AreMalformed() throws IOException {
    byte[] line = "{\"text\":\"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(reasons(read("a.json", line))).containsExactly("not UTF-8");
  }

  @Test
  void anOverlongLineIsMalformedAndTheNextOneIsRead() throws IOException {
    Path file = folder.resolve("a.json");
    Files.writeString(file, "{\"text\":\"%s\"}\n{\"text\":\"a\"}\n".formatted("x".repeat(200_000)));

    try (CorpusReader reader =
        CorpusReader.open(
            CorpusFile.of(file.toString(), Files.size(file)), new Configuration(), 1000)) {
      List<SourceRecord> records = new ArrayList<>();
      reader.forEachRemaining(records::add);

      assertThat(reasons(records)).containsExactly("line of more than 1000 bytes");
      assertThat(((SourceRecord.Malformed) records.get(0)).content()).hasSize(1000);
      assertThat(texts(records)).containsExactly("a");
    }
  }

  @Test
  void theDigestIsThatOfTheStoredBytesEvenAfterDamage() throws Exception {
    byte[] whole = gzip("{\"text\":\"a\"}\n".repeat(100_000));
    whole[whole.length / 2] ^= 0x55;
    Path file = Files.write(folder.resolve("a.json.gz"), whole);

    try (CorpusReader reader =
        CorpusReader.open(CorpusFile.of(file.toString(), Files.size(file)), new Configuration())) {
      reader.forEachRemaining(record -> {});

      assertThat(reader.drainAndDigest())
          .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(whole)));
      assertThat(reader.bytesRead()).isEqualTo(whole.length);
      assertThat(reader.linesRead()).isEqualTo(reader.documents() + reader.malformed());
    }
  }

  private List<SourceRecord> read(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    List<SourceRecord> records = new ArrayList<>();
    try (CorpusReader reader =
        CorpusReader.open(CorpusFile.of(file.toString(), Files.size(file)), new Configuration())) {
      reader.forEachRemaining(records::add);
    }
    return records;
  }

  private static List<String> texts(List<SourceRecord> records) {
    return records.stream()
        .filter(SourceRecord.Kept.class::isInstance)
        .map(record -> ((SourceRecord.Kept) record).document().text())
        .toList();
  }

  private static List<String> reasons(List<SourceRecord> records) {
    return records.stream()
        .filter(SourceRecord.Malformed.class::isInstance)
        .map(record -> ((SourceRecord.Malformed) record).reason())
        .toList();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
