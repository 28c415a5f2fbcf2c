package io.sparkswitch.data.clean;

import java.io.Serializable;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Stands for a text by its MD5, on every machine the same. Not a defence against forgery.
 *
 * @param high the first eight bytes, big endian
 * @param low the other eight
 */
public record TextKey(long high, long low) implements Serializable {

  /** The key of just these characters. */
  public static TextKey of(String text) {
    ByteBuffer digest = ByteBuffer.wrap(md5(text));
    return new TextKey(digest.getLong(), digest.getLong());
  }

  /** The digest as a number from 0 to 2^128. */
  BigInteger number() {
    return new BigInteger(
        1, ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array());
  }

  private static byte[] md5(String text) {
    try {
      return MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
