package io.sparkswitch.model.exchange;

import java.io.Serializable;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What one member needs to encrypt: its key, its certificate, and the certificate of the run's
 * {@link RunAuthority}, which must have signed those of all others. Travels in the task closure
 * only, as {@link RunSecret} does.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param key private key, PKCS #8
 * @param certificate X.509, DER
 * @param authority X.509, DER
 */
public record Credentials(byte[] key, byte[] certificate, byte[] authority)
    implements Serializable {
  /** Of members that do not encrypt. */
  public static final Credentials NONE = new Credentials(new byte[0], new byte[0], new byte[0]);

  public Credentials {
    boolean all = key.length > 0 && certificate.length > 0 && authority.length > 0;
    if (!all && key.length + certificate.length + authority.length > 0) {
      throw new IllegalArgumentException(
          "credentials are a key, a certificate and its authority, or none of them; %d, %d and %d bytes were given"
              .formatted(key.length, certificate.length, authority.length));
    }
    key = key.clone();
    certificate = certificate.clone();
    authority = authority.clone();
  }

  /** Whether there are any. */
  public boolean encrypt() {
    return key.length > 0;
  }

  @Override
  public byte[] key() {
    return key.clone();
  }

  @Override
  public byte[] certificate() {
    return certificate.clone();
  }

  @Override
  public byte[] authority() {
    return authority.clone();
  }

  /** Compares the key in constant time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Credentials that
        && MessageDigest.isEqual(key, that.key)
        && Arrays.equals(certificate, that.certificate)
        && Arrays.equals(authority, that.authority);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(certificate);
  }

  @Override
  public String toString() {
    return encrypt() ? "Credentials[hidden]" : "Credentials[none]";
  }
}
