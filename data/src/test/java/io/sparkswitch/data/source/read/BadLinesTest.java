package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadLinesTest {
  private static final String GOOD = "{\"text\":\"good\"}";

  @TempDir Path folder;

  @Test
  void bytesThatAreNotUtf8AreMalformed() throws IOException {
    byte[] latin = "{\"text\":\"caf\u00e9\"}\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] surrogate = {'{', '"', 't', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '\n'};
    byte[] overlong = {(byte) 0xc0, (byte) 0x80, '\n'};
    byte[] wide = "{\"text\":\"a\"}".getBytes(StandardCharsets.UTF_16LE);

    ReadFile read = read(ReadFile.joined(latin, surrogate, overlong, ReadFile.utf8(GOOD)));

    assertThat(read.reasons()).containsExactly("not UTF-8", "not UTF-8", "not UTF-8");
    assertThat(read.malformed().get(0).content()).startsWith('{', '"');
    assertThat(read.texts()).containsExactly("good");
    assertThat(read(wide).reasons()).singleElement().asString().startsWith("not JSON");
  }

  @Test
  void halfACharacterIsMalformedAndAPairOfEscapesIsNot() throws IOException {
    List<String> lines =
        List.of(
            "{\"text\":\"\\ud83d\\ude0a\"}",
            "{\"text\":\"a\\ud83d\"}",
            "{\"text\":\"\\ude0a\\ud83d\"}");

    ReadFile read = read(ReadFile.utf8(String.join("\n", lines)));

    assertThat(read.texts()).containsExactly("\ud83d\ude0a");
    assertThat(read.reasons())
        .containsExactly(
            "half a character in field \"text\": \\ud83d",
            "half a character in field \"text\": \\ude0a");
  }

  @Test
  void whatJacksonRefusesToReadIsMalformedAndReadingGoesOn() throws IOException {
    List<String> lines =
        List.of(
            "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "," + GOOD.substring(1),
            "{\"" + "n".repeat(100_000) + "\":1," + GOOD.substring(1),
            "{\"text\":" + "9".repeat(100_000) + "}",
            "\u0000".repeat(16),
            "{\"text\":\"a\u0001\"}",
            GOOD);

    ReadFile read = read(ReadFile.utf8(String.join("\n", lines)));

    assertThat(read.reasons()).hasSize(5);
    assertThat(read.reasons().get(0)).startsWith("not JSON: Document nesting depth");
    assertThat(read.reasons().get(1)).startsWith("not JSON: Name length");
    assertThat(read.texts()).containsExactly("good");
  }

  @Test
  void fieldNamesThatCollideAreRead() throws IOException {
    StringBuilder line = new StringBuilder("{");
    for (int i = 0; i < 50_000; i++) {
      line.append("\"%s%d\":0,".formatted("\u0001".repeat(0), i * 1_000_003L));
    }

    assertThat(read(ReadFile.utf8(line + GOOD.substring(1))).texts()).containsExactly("good");
  }

  @Test
  void anOverlongLineIsMalformedAndTheNextOneIsRead() throws IOException {
    Path file = folder.resolve("a.json");
    for (int length : new int[] {1001, 65_536, 65_537, 200_000}) {
      String text = "x".repeat(length - 11);
      Files.writeString(file, "{\"text\":\"%s\"}\n%s\n".formatted(text, GOOD));

      ReadFile read = ReadFile.of(file, 1000);

      assertThat(read.reasons()).containsExactly("line of more than 1000 bytes");
      assertThat(read.malformed().get(0).content()).hasSize(1000);
      assertThat(read.texts()).containsExactly("good");
      assertThat(ReadFile.of(file, length).texts()).containsExactly(text, "good");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "64, 150"})
  void aLineOf200MegabytesIsReadWithoutHoldingIt(int limit, int allocated) throws IOException {
    Path file = folder.resolve("a.json.gz");
    byte[] megabyte = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(ReadFile.utf8("{\"text\":\""));
      for (int i = 0; i < 200; i++) {
        out.write(megabyte);
      }
      out.write(ReadFile.utf8("\"}\n" + GOOD));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ReadFile.of(file, limit << 10);
    long before = threads.getCurrentThreadAllocatedBytes();

    ReadFile read = ReadFile.of(file, limit << 20);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .isLessThan((long) allocated << 20);
    assertThat(read.reasons()).containsExactly("line of more than %d bytes".formatted(limit << 20));
    assertThat(read.malformed().get(0).content()).hasSize(1 << 16).startsWith('{', '"');
    assertThat(read.texts()).containsExactly("good");
  }

  private ReadFile read(byte[] content) throws IOException {
    return ReadFile.of(Files.write(folder.resolve("a.json"), content));
  }
}
