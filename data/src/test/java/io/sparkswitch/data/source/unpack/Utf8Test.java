package io.sparkswitch.data.source.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void everySequenceOfUpToFourBytesThatMattersIsJudgedAsTheDecoderDoes() {
    int valid = 0;
    int[] edges = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (int lead = 0; lead < 256; lead++) {
      for (int second : edges) {
        for (int third : edges) {
          for (int fourth : edges) {
            byte[] all = {(byte) lead, (byte) second, (byte) third, (byte) fourth};
            for (int length = 1; length <= 4; length++) {
              valid += judgedAlike(all, 0, length) ? 1 : 0;
            }
          }
        }
      }
    }
    assertThat(valid).isGreaterThan(10_000);
  }

  @Test
  void longTextsWithOneWrongByteAreJudgedAsTheDecoderDoes() {
    Random random = new Random(1);
    int valid = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      random.ints(40, 0, 4).forEach(kind -> text.appendCodePoint(character(random, kind)));
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      int offset = random.nextInt(3);
      if (trial % 2 == 1) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      valid += judgedAlike(bytes, offset, bytes.length - offset) ? 1 : 0;
    }
    assertThat(valid).isBetween(5000, 15_000);
  }

  private static int character(Random random, int kind) {
    return switch (kind) {
      case 0 -> random.nextInt(0x80);
      case 1 -> 0x80 + random.nextInt(0x780);
      case 2 -> 0xe000 + random.nextInt(0x2000);
      default -> 0x10000 + random.nextInt(0x100000);
    };
  }

  private static boolean judgedAlike(byte[] bytes, int offset, int length) {
    boolean expected = true;
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
    } catch (CharacterCodingException e) {
      expected = false;
    }
    if (Utf8.isValid(bytes, offset, length) != expected) {
      fail("%s from %d", HexFormat.of().formatHex(bytes), offset);
    }
    return expected;
  }
}
