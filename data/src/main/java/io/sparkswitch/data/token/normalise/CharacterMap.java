package io.sparkswitch.data.token.normalise;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a SentencePiece model replaces in text before it segments: wherever one of its strings
 * begins, the longest one gives way to its replacement. The binary form is that of a {@code .model}
 * file's {@code precompiled_charsmap}: the trie's size in bytes (little-endian), the trie, and the
 * replacements, each ended by a zero byte. Immutable, safe from any thread.
 */
public final class CharacterMap {
  /** Replaces nothing. */
  public static final CharacterMap IDENTITY = new CharacterMap(new byte[0], null, 0);

  private final byte[] blob;
  private final DoubleArray trie;
  private final int replacements;

  /** Whether printable ASCII stays as it is unless something else follows. */
  private final boolean keepsAscii;

  private CharacterMap(byte[] blob, DoubleArray trie, int replacements) {
    this.blob = blob;
    this.trie = trie;
    this.replacements = replacements;
    this.keepsAscii = trie == null || !trie.holdsOnly((byte) ' ', (byte) '~');
  }

  /**
   * Reads the binary form; nothing is {@link #IDENTITY}.
   *
   * @throws IllegalArgumentException if the bytes are no character map
   */
  public static CharacterMap of(byte[] bytes) {
    if (bytes.length == 0) {
      return IDENTITY;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.length < Integer.BYTES ? -1 : buffer.getInt();
    boolean whole = size > 0 && size % Integer.BYTES == 0 && size < buffer.remaining();
    if (!whole || bytes[bytes.length - 1] != 0) {
      throw new IllegalArgumentException(
          "its character map of %d bytes is not whole (trie of %d bytes)"
              .formatted(bytes.length, size));
    }
    int[] units = new int[size / Integer.BYTES];
    buffer.asIntBuffer().get(units);
    return new CharacterMap(buffer.array(), new DoubleArray(units), Integer.BYTES + size);
  }

  /**
   * @param rules replacement by string; neither holds U+0000 or half of a surrogate pair
   */
  public static CharacterMap of(Map<String, String> rules) {
    if (rules.isEmpty()) {
      return IDENTITY;
    }
    ByteArrayOutputStream texts = new ByteArrayOutputStream();
    Map<String, Integer> places = new LinkedHashMap<>();
    SortedMap<byte[], Integer> sorted = new TreeMap<>(Arrays::compareUnsigned);
    new TreeMap<>(rules)
        .forEach(
            (from, to) -> {
              if (!places.containsKey(to)) {
                places.put(to, texts.size());
                texts.writeBytes(to.getBytes(StandardCharsets.UTF_8));
                texts.write(0);
              }
              sorted.put(from.getBytes(StandardCharsets.UTF_8), places.get(to));
            });
    int[] values = sorted.values().stream().mapToInt(Integer::intValue).toArray();
    SharedTrie trie = new SharedTrie(sorted.keySet().toArray(byte[][]::new), values);
    int[] units = DoubleArrayBuilder.units(trie);
    int size = Math.multiplyExact(units.length, Integer.BYTES);
    ByteBuffer blob = ByteBuffer.allocate(Integer.BYTES + size + texts.size());
    blob.order(ByteOrder.LITTLE_ENDIAN).putInt(size).asIntBuffer().put(units);
    blob.position(Integer.BYTES + size).put(texts.toByteArray());
    return of(blob.array());
  }

  /** Whether nothing is replaced. */
  public boolean isIdentity() {
    return trie == null;
  }

  /** Whether anything longer than a space that holds one is replaced. */
  public boolean replacesAcrossSpaces() {
    return trie != null && trie.holdsWithin((byte) ' ');
  }

  /** The binary form; empty for {@link #IDENTITY}. */
  public byte[] toBytes() {
    return blob.clone();
  }

  /** The text with all replacements made; half of a surrogate pair becomes a question mark. */
  public String normalise(String text) {
    if (trie == null || keepsAscii && isPrintableAscii(text)) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    int copied = 0;
    int at = 0;
    while (at < bytes.length) {
      long match = trie.longestPrefix(bytes, at);
      if (match == DoubleArray.NONE) {
        at += characterLength(bytes[at]);
        continue;
      }
      out.write(bytes, copied, at - copied);
      int begin = replacement((int) match);
      out.write(blob, begin, end(begin) - begin);
      at += (int) (match >>> Integer.SIZE);
      copied = at;
    }
    if (copied == 0) {
      return text;
    }
    out.write(bytes, copied, bytes.length - copied);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static boolean isPrintableAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private int replacement(int place) {
    if (place >= blob.length - replacements) {
      throw new IllegalStateException(
          "the character map points to byte %d of %d: the model file is damaged, copy it again"
              .formatted(place, blob.length - replacements));
    }
    return replacements + place;
  }

  private int end(int begin) {
    int end = begin;
    while (blob[end] != 0) {
      end++;
    }
    return end;
  }

  /** Bytes of the UTF-8 character that begins with {@code first}. */
  private static int characterLength(byte first) {
    int ones = Integer.numberOfLeadingZeros(~(first << 24));
    return Math.max(1, ones);
  }
}
