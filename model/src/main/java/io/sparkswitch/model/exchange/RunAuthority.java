package io.sparkswitch.model.exchange;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate authority of one run. The driver makes it and keeps its private key, so that
 * nobody who reads a task closure can make another member.
 *
 * <p>Concurrency: any thread.
 *
 * <p>Ordering: none.
 */
public final class RunAuthority {
  /** Connections are made at an attempt's beginning, and a certificate is asked for only then. */
  private static final Duration VALID = Duration.ofDays(7);

  /** The machines' clocks may differ. */
  private static final Duration SKEW = Duration.ofDays(1);

  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int SERIAL_BITS = 127;

  private final SecureRandom random = new SecureRandom();
  private final KeyPair keys = keyPair();
  private final X500Principal name =
      new X500Principal("CN=run " + new BigInteger(SERIAL_BITS, random).toString(36));
  private final X509Certificate certificate = ownCertificate();

  /** A certificate and its key, for one member of one attempt. */
  public Credentials issue(int attempt, int rank) {
    try {
      KeyPair member = keyPair();
      X509v3CertificateBuilder builder = builder(subject(attempt, rank), member, VALID);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          true,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      return new Credentials(
          member.getPrivate().getEncoded(), sign(builder).getEncoded(), certificate.getEncoded());
    } catch (CertIOException | CertificateEncodingException e) {
      throw new IllegalStateException("cannot encode a certificate", e);
    }
  }

  /** Whom a certificate names. */
  static X500Principal subject(int attempt, int rank) {
    return new X500Principal("CN=%s,OU=attempt %d".formatted(PeerAddress.name(rank), attempt));
  }

  private X509Certificate ownCertificate() {
    try {
      X509v3CertificateBuilder builder = builder(name, keys, VALID.multipliedBy(100));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      return sign(builder);
    } catch (CertIOException e) {
      throw new IllegalStateException("cannot encode a certificate", e);
    }
  }

  private X509v3CertificateBuilder builder(X500Principal subject, KeyPair of, Duration valid) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        name,
        new BigInteger(SERIAL_BITS, random),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(valid)),
        subject,
        of.getPublic());
  }

  private X509Certificate sign(X509v3CertificateBuilder builder) {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder(SIGNATURE).build(keys.getPrivate())));
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot sign with " + SIGNATURE, e);
    }
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no keys on the curve secp256r1", e);
    }
  }
}
