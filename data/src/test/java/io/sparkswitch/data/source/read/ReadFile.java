package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.SourceRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;

/** What came out of a file; what holds for every file was asserted on the way. */
record ReadFile(List<SourceRecord> records) {

  static ReadFile of(Path file) throws IOException {
    return of(file, CorpusReader.LONGEST_LINE);
  }

  static ReadFile of(Path file, int longestLine) throws IOException {
    List<SourceRecord> records = new ArrayList<>();
    byte[] stored = Files.readAllBytes(file);
    CorpusFile source = CorpusFile.of(file.toString(), stored.length);
    try (CorpusReader reader = CorpusReader.open(source, new Configuration(), longestLine)) {
      reader.forEachRemaining(records::add);
      assertThat(reader.linesRead())
          .isEqualTo(records.size())
          .isEqualTo(reader.documents() + reader.malformed());
      assertThat(reader.drainAndDigest()).isEqualTo(sha256(stored));
      assertThat(reader.bytesRead()).isEqualTo(stored.length);
    }
    assertThat(records).extracting(SourceRecord::position).isSorted().doesNotHaveDuplicates();
    return new ReadFile(records);
  }

  List<Document> documents() {
    return records.stream()
        .filter(SourceRecord.Kept.class::isInstance)
        .map(record -> ((SourceRecord.Kept) record).document())
        .toList();
  }

  List<String> texts() {
    return documents().stream().map(Document::text).toList();
  }

  List<SourceRecord.Malformed> malformed() {
    return records.stream()
        .filter(SourceRecord.Malformed.class::isInstance)
        .map(SourceRecord.Malformed.class::cast)
        .toList();
  }

  List<String> reasons() {
    return malformed().stream().map(SourceRecord.Malformed::reason).toList();
  }

  List<Long> positions() {
    return records.stream().map(SourceRecord::position).toList();
  }

  static byte[] gzip(String text) throws IOException {
    return gzip(utf8(text));
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
