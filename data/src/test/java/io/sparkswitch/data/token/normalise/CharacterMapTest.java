package io.sparkswitch.data.token.normalise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CharacterMapTest {
  @Test
  void theLongestStringAtEachPlaceGivesWay() {
    CharacterMap map =
        CharacterMap.of(Map.of("a", "1", "ab", "2", "abcd", "3", "é", "", "x", "yy"));
    assertThat(map.normalise("abc abcd aé dx")).isEqualTo("2c 3 1 dyy");
    assertThat(map.normalise("nothing")).isEqualTo("nothing");
    assertThat(map.normalise("")).isEmpty();
    assertThat(map.isIdentity()).isFalse();
  }

  @Test
  void randomRulesDoWhatANaiveTwinDoes() {
    int replaced = 0;
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Map<String, String> rules = new TreeMap<>();
      int count = 1 + random.nextInt(1 << seed % 11);
      for (int rule = 0; rule < count; rule++) {
        String from = text(random, 1 + random.nextInt(5));
        rules.put(from, text(random, random.nextInt(3)));
      }
      CharacterMap map = CharacterMap.of(CharacterMap.of(rules).toBytes());
      for (int i = 0; i < 100; i++) {
        String text = text(random, 40);
        String expected = naive(rules, text);
        assertThat(map.normalise(text)).isEqualTo(expected);
        replaced += expected.equals(text) ? 0 : 1;
      }
      rules.forEach((from, to) -> assertThat(map.normalise(from)).isEqualTo(to));
    }
    assertThat(replaced).isGreaterThan(2000);
  }

  @Test
  void identityIsNoBytesAndChangesNothing() {
    assertThat(CharacterMap.of(new byte[0])).isSameAs(CharacterMap.IDENTITY);
    assertThat(CharacterMap.of(Map.of())).isSameAs(CharacterMap.IDENTITY);
    assertThat(CharacterMap.IDENTITY.isIdentity()).isTrue();
    assertThat(CharacterMap.IDENTITY.toBytes()).isEmpty();
    assertThat(CharacterMap.IDENTITY.normalise("ﬁ\u3000")).isEqualTo("ﬁ\u3000");
  }

  @Test
  void damagedBytesAreRefused() {
    byte[] whole = CharacterMap.of(Map.of("a", "b")).toBytes();
    assertRefused(Arrays.copyOf(whole, 3));
    assertRefused(Arrays.copyOf(whole, whole.length / 2));
    assertRefused(Arrays.copyOf(whole, whole.length - 1));
    byte[] wrongSize = whole.clone();
    ByteBuffer.wrap(wrongSize).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1 << 30);
    assertRefused(wrongSize);
  }

  private static void assertRefused(byte[] bytes) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CharacterMap.of(bytes))
        .withMessageContaining(
            "its character map of %d bytes is not whole".formatted(bytes.length));
  }

  /** Few letters, so that strings share beginnings and ends; one to four bytes each. */
  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint("abcéèがぎ😀😁\u0001".codePoints().toArray()[random.nextInt(10)]);
    }
    return text.toString();
  }

  private static String naive(Map<String, String> rules, String text) {
    StringBuilder result = new StringBuilder();
    String rest = text;
    while (!rest.isEmpty()) {
      String longest = "";
      for (String from : rules.keySet()) {
        longest = rest.startsWith(from) && from.length() > longest.length() ? from : longest;
      }
      if (longest.isEmpty()) {
        longest = Character.toString(rest.codePointAt(0));
        result.append(longest);
      } else {
        result.append(rules.get(longest));
      }
      rest = rest.substring(longest.length());
    }
    return result.toString();
  }
}
