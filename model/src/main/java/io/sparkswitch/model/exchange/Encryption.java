package io.sparkswitch.model.exchange;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.sparkswitch.model.exchange.HandshakeHandler.RefusedException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Mutual TLS 1.3 between members of a run: each shows a certificate of the run's authority, and no
 * other authority counts. With the OpenSSL that Netty finds, else with Java's own.
 *
 * <p>Concurrency: any thread.
 *
 * <p>Ordering: TLS comes before {@link Handshake}, which runs inside it.
 */
final class Encryption {
  private static final String PROTOCOL = "TLSv1.3";
  private static final long CLOSE_MILLIS = 500;

  private final SslContext dialing;
  private final SslContext listening;

  private Encryption(SslContext dialing, SslContext listening) {
    this.dialing = dialing;
    this.listening = listening;
  }

  static Encryption with(Credentials credentials, SslProvider provider) {
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(credentials.key()));
      X509Certificate own = certificate(credentials.certificate());
      X509Certificate authority = certificate(credentials.authority());
      return new Encryption(
          SslContextBuilder.forClient()
              .sslProvider(provider)
              .protocols(PROTOCOL)
              .keyManager(key, own)
              .trustManager(authority)
              .endpointIdentificationAlgorithm(null) // a member is a rank, wherever it runs
              .build(),
          SslContextBuilder.forServer(key, own)
              .sslProvider(provider)
              .protocols(PROTOCOL)
              .trustManager(authority)
              .clientAuth(ClientAuth.REQUIRE)
              .build());
    } catch (GeneralSecurityException | SSLException e) {
      throw new IllegalStateException("this process cannot encrypt with " + provider, e);
    }
  }

  /** The faster of those that are there. */
  static SslProvider provider() {
    return OpenSsl.isAvailable() && SslProvider.isTlsv13Supported(SslProvider.OPENSSL)
        ? SslProvider.OPENSSL
        : SslProvider.JDK;
  }

  private static X509Certificate certificate(byte[] encoded) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }

  /** For a connection that this side makes. */
  SslHandler dialer(Channel channel) {
    return handler(dialing.newHandler(channel.alloc()));
  }

  /** For a connection that this side accepts. */
  SslHandler listener(Channel channel) {
    return handler(listening.newHandler(channel.alloc()));
  }

  private static SslHandler handler(SslHandler handler) {
    handler.setHandshakeTimeoutMillis(0); // HandshakeHandler bounds the whole
    handler.setCloseNotifyFlushTimeout(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    return handler;
  }

  /**
   * Holds a peer to its certificate; without encryption there is none to hold it to.
   *
   * @throws RefusedException if the certificate is another member's
   */
  static void check(Channel channel, int attempt, int rank) throws RefusedException {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    if (handler == null) {
      return;
    }
    try {
      X509Certificate shown =
          (X509Certificate) handler.engine().getSession().getPeerCertificates()[0];
      if (!RunAuthority.subject(attempt, rank).equals(shown.getSubjectX500Principal())) {
        throw new RefusedException(
            "it says it is %s of attempt %d, but its certificate is of [%s]"
                .formatted(
                    PeerAddress.name(rank), attempt, shown.getSubjectX500Principal().getName()));
      }
    } catch (SSLPeerUnverifiedException e) {
      throw new RefusedException("it shows no certificate");
    }
  }

  /** Why TLS did not come about, for the log. */
  static String reason(Throwable failure) {
    if (failure instanceof NotSslRecordException) {
      return "it does not speak TLS, and this run is encrypted";
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "its certificate is not of this run's authority";
      }
    }
    return "no TLS: " + failure.getMessage();
  }

  /** Whether a connection begins as TLS does. */
  static boolean looksLikeTls(int firstBytes) {
    return firstBytes >>> 16 == 0x1603; // a handshake record of any version
  }
}
