package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.source.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WetReaderTest {
  private static final byte[] INFO =
      record(
          "warcinfo",
          "Software-Info: test",
          "robots: classic\r\n".getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;

  @Test
  void conversionRecordsAreDocumentsAtTheirMembersBytes() throws IOException {
    byte[] info = ReadFile.gzip(INFO);
    byte[] one = ReadFile.gzip(page("https://a.b/1", "eng", "One\nline \u00e9"));
    byte[] two = ReadFile.gzip(page("https://a.b/2", "heb,eng", "Two"));
    byte[] three = ReadFile.gzip(page("https://a.b/3", "chr", ""));

    ReadFile read = read(ReadFile.joined(info, one, two, three));

    assertThat(read.documents())
        .containsExactly(
            new Document("https://a.b/1", "One\nline \u00e9", "2024-02-21T01:02:03Z", "en"),
            new Document("https://a.b/2", "Two", "2024-02-21T01:02:03Z", "iw"),
            new Document("https://a.b/3", "", "2024-02-21T01:02:03Z", "chr"));
    long first = info.length;
    assertThat(read.positions())
        .containsExactly(first, first + one.length, first + one.length + two.length);
  }

  @Test
  void recordsWithoutGzipAreAtTheirOwnBytes() throws IOException {
    byte[] one = page("https://a.b/1", "eng", "One");
    byte[] two = page("https://a.b/2", "", "Two");

    ReadFile read = read(ReadFile.joined(INFO, one, two));

    assertThat(read.texts()).containsExactly("One", "Two");
    assertThat(read.documents().get(1).language()).isEqualTo("und");
    assertThat(read.positions())
        .containsExactly((long) INFO.length, (long) INFO.length + one.length);
  }

  @Test
  void recordsOfOneMemberHavePlacesOfTheirOwn() throws IOException {
    byte[] all =
        ReadFile.joined(
            INFO, page("https://a.b/1", "eng", "One"), page("https://a.b/2", "eng", "Two"));

    ReadFile read = read(ReadFile.gzip(all));

    assertThat(read.texts()).containsExactly("One", "Two");
    assertThat(read.positions()).containsExactly(1L, 2L);
  }

  @Test
  void aDamagedMemberIsOneMalformedRecordAndTheNextOnesAreRead() throws IOException {
    byte[] one = ReadFile.gzip(page("https://a.b/1", "eng", "One " + noise(1, 30_000)));
    byte[] two = ReadFile.gzip(page("https://a.b/2", "eng", "Two " + noise(2, 30_000)));
    byte[] three = ReadFile.gzip(page("https://a.b/3", "eng", "Three"));
    Random random = new Random(3);
    int told = 0;
    for (int trial = 0; trial < 200; trial++) {
      byte[] damaged = two.clone();
      int at = random.nextInt(damaged.length);
      damaged[at] ^= (byte) (1 << random.nextInt(8));

      ReadFile read = read(ReadFile.joined(one, damaged, three));

      // Not every byte of a gzip header means something.
      boolean harmless = at >= 4 && at < 10 && read.reasons().isEmpty();
      assertThat(read.texts())
          .extracting(text -> text.substring(0, 3))
          .as("byte %d", at)
          .hasSize(harmless ? 3 : 2)
          .last()
          .isEqualTo("Thr");
      if (!harmless) {
        assertThat(read.malformed())
            .singleElement()
            .satisfies(
                malformed -> {
                  assertThat(malformed.position()).isEqualTo(one.length);
                  assertThat(malformed.reason()).startsWith("damaged or truncated: ");
                });
        told++;
      }
    }
    assertThat(told).isGreaterThan(180);
  }

  @Test
  void aTruncatedFileEndsInOneMalformedRecord() throws IOException {
    byte[] one = ReadFile.gzip(page("https://a.b/1", "eng", "One"));
    byte[] two = ReadFile.gzip(page("https://a.b/2", "eng", "Two"));
    byte[] whole = ReadFile.joined(one, two);
    for (int length = one.length + 1; length < whole.length; length++) {
      ReadFile read = read(Arrays.copyOf(whole, length));

      assertThat(read.texts()).containsExactly("One");
      assertThat(read.malformed())
          .as("%d bytes", length)
          .singleElement()
          .satisfies(malformed -> assertThat(malformed.position()).isEqualTo(one.length));
    }
  }

  @Test
  void aTruncatedPlainFileEndsInOneMalformedRecord() throws IOException {
    byte[] one = page("https://a.b/1", "eng", "One");
    byte[] whole = ReadFile.joined(one, page("https://a.b/2", "eng", "Two"));
    int trailer = 4;
    for (int length = one.length + 1; length < whole.length - trailer; length++) {
      ReadFile read = read(Arrays.copyOf(whole, length));

      assertThat(read.texts()).containsExactly("One");
      assertThat(read.malformed())
          .as("%d bytes", length)
          .singleElement()
          .satisfies(malformed -> assertThat(malformed.position()).isEqualTo(one.length));
    }
  }

  @Test
  void wrongLengthsEncodingsAndOverlongBodiesAreMalformed() throws IOException {
    byte[] wrong =
        "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: -5\r\n\r\nx\r\n\r\n"
            .getBytes(StandardCharsets.UTF_8);
    byte[] latin = record("conversion", "X: y", "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    byte[] large = page("https://a.b/1", "eng", "x".repeat(70_000));
    byte[] good = page("https://a.b/2", "eng", "good");

    Path file = folder.resolve("a.warc.wet.gz");
    Files.write(
        file,
        ReadFile.joined(
            ReadFile.gzip(wrong), ReadFile.gzip(latin), ReadFile.gzip(large), ReadFile.gzip(good)));
    ReadFile read = ReadFile.of(file, 69_999);

    assertThat(read.reasons())
        .containsExactly(
            "damaged or truncated: WARC header has Content-Length -5",
            "not UTF-8",
            "record of more than 69999 bytes");
    assertThat(read.malformed().get(2).content()).hasSize(1 << 16);
    assertThat(read.texts()).containsExactly("good");
  }

  @Test
  void otherContentIsOneMalformedRecord() throws IOException {
    assertThat(read(ReadFile.utf8("{\"text\":\"a\"}\n")).reasons())
        .containsExactly("damaged or truncated: not a WARC header");
    assertThat(read(ReadFile.gzip("{\"text\":\"a\"}\n")).reasons())
        .containsExactly("damaged or truncated: not a WARC header");
    String arc = "http://a.b/ 1.2.3.4 99999999999999 text/html 5\nhello\n";
    assertThat(read(ReadFile.utf8(arc)).reasons())
        .containsExactly("damaged or truncated: not a WARC header but one of ARC");
    assertThat(read(ReadFile.utf8("PAR1....PAR1")).reasons())
        .containsExactly("wrong extension: the content is Parquet");
    assertThat(read(ReadFile.gzip(INFO)).reasons())
        .containsExactly("empty: the file holds no document");
  }

  private ReadFile read(byte[] content) throws IOException {
    return ReadFile.of(Files.write(folder.resolve("CC-MAIN-1-00000.warc.wet.gz"), content));
  }

  private static byte[] page(String url, String languages, String text) {
    String language =
        languages.isEmpty() ? "" : "\r\nWARC-Identified-Content-Language: " + languages;
    return record(
        "conversion", "WARC-Target-URI: " + url + language, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] record(String type, String fields, byte[] body) {
    String header =
        "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Date: 2024-02-21T01:02:03Z\r\n%s\r\nContent-Length: %d\r\n\r\n"
            .formatted(type, fields, body.length);
    return ReadFile.joined(ReadFile.utf8(header), body, ReadFile.utf8("\r\n\r\n"));
  }

  /** Text that hardly packs. */
  private static String noise(int seed, int length) {
    StringBuilder text = new StringBuilder();
    new Random(seed).ints(length, ' ', '~').forEach(c -> text.append((char) c));
    return text.toString();
  }
}
