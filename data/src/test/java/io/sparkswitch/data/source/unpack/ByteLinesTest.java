package io.sparkswitch.data.source.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteLinesTest {
  private static final int LIMIT = 100_000;

  @Test
  void linesAreThoseOfASplitWhateverBytesTheyHaveAndHoweverTheyArrive() throws IOException {
    Random random = new Random(1);
    int lines = 0;
    int overlong = 0;
    for (int trial = 0; trial < 300; trial++) {
      byte[] content = content(random);
      ByteLines read = new ByteLines(arriving(content, random), LIMIT);
      List<String> expected = split(content);
      int at = 0;
      for (String line : expected) {
        assertThat(read.advance()).isTrue();
        assertThat(read.position()).isEqualTo(at);
        assertThat(read.overlong()).isEqualTo(line.length() > LIMIT);
        String got = new String(read.content(), StandardCharsets.ISO_8859_1);
        assertThat(got.equals(read.overlong() ? line.substring(0, 1 << 16) : line)).isTrue();
        at += line.length() + 1;
        lines++;
        overlong += read.overlong() ? 1 : 0;
      }
      assertThat(read.advance()).isFalse();
    }
    assertThat(lines).isGreaterThan(5000);
    assertThat(overlong).isGreaterThan(10);
  }

  private static byte[] content(Random random) {
    StringBuilder content = new StringBuilder();
    int lines = random.nextInt(50);
    for (int i = 0; i < lines; i++) {
      int length = random.nextInt(20) == 0 ? random.nextInt(3 * LIMIT / 2) : random.nextInt(30);
      random.ints(length, 0, 256).forEach(b -> content.append((char) (b == '\n' ? 0x8a : b)));
      content.append(i == lines - 1 && random.nextBoolean() ? "" : "\n");
    }
    return content.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static List<String> split(byte[] content) {
    List<String> lines = new ArrayList<>();
    String rest = new String(content, StandardCharsets.ISO_8859_1);
    while (!rest.isEmpty()) {
      int feed = rest.indexOf('\n');
      lines.add(feed < 0 ? rest : rest.substring(0, feed));
      rest = feed < 0 ? "" : rest.substring(feed + 1);
    }
    return lines;
  }

  private static InputStream arriving(byte[] content, Random random) {
    return new ByteArrayInputStream(content) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(1 << 15)));
      }
    };
  }
}
