package io.sparkswitch.model.exchange;

import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that the members of one run share, made by the driver and carried in the task closure
 * only: never in a configuration, an environment variable or a log.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param bytes 32 bytes
 */
public record RunSecret(byte[] bytes) implements Serializable {
  static final int BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  public RunSecret {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "a run's secret has %d bytes, not %d".formatted(BYTES, bytes.length));
    }
    bytes = bytes.clone();
  }

  /** A fresh secret from the system's secure generator. */
  public static RunSecret random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new RunSecret(bytes);
  }

  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  /** HMAC-SHA256 of a message under this key: 32 bytes. */
  byte[] authenticate(byte[] message) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(bytes, ALGORITHM));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /** Compares in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RunSecret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "RunSecret[hidden]";
  }
}
