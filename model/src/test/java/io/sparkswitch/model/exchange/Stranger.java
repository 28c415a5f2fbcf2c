package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Who knocks at an endpoint without belonging there. */
interface Stranger {
  Duration SOON = Duration.ofSeconds(10);

  void knock(NettyEndpoint target) throws Exception;

  /** Says something and waits until it is hung up on. */
  static Stranger saying(byte[]... parts) {
    return target -> answer(new Socket(target.address().host(), target.address().port()), parts);
  }

  /** Says something and hangs up. */
  static Stranger leaving(byte[] bytes) {
    return target -> {
      try (Socket socket = new Socket(target.address().host(), target.address().port())) {
        socket.getOutputStream().write(bytes);
      }
    };
  }

  /** Dials as a member does, which it is not quite. */
  static Stranger dialling(Member member, NettyEndpoint.Limits limits) {
    return target -> {
      try (NettyEndpoint stranger = NettyEndpoint.bind(ListenAddress.loopback(), member, limits)) {
        PeerAddress to = target.address();
        assertThatThrownBy(() -> stranger.connect(List.of(to, stranger.address()), SOON))
            .isInstanceOf(ExchangeException.class)
            .hasMessageContaining("%s did not accept this side in attempt".formatted(to));
      }
    };
  }

  /** Speaks TLS with whomever, shows these credentials if they are any, then says something. */
  static Stranger encrypting(Credentials shown, byte[]... parts) {
    return target -> {
      SSLContext tls = SSLContext.getInstance("TLSv1.3");
      tls.init(
          shown.encrypt() ? new KeyManager[] {new Shows(shown)} : null,
          new TrustManager[] {new TrustsAnybody()},
          null);
      answer(
          tls.getSocketFactory().createSocket(target.address().host(), target.address().port()),
          parts);
    };
  }

  /** All that comes back until the other side closes. */
  static byte[] answer(Socket to, byte[]... parts) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = to) {
      socket.setSoTimeout((int) SOON.toMillis());
      for (byte[] part : parts) {
        socket.getOutputStream().write(part);
      }
      InputStream in = socket.getInputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        answer.write(b);
      }
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // a reset or an alert is an answer too
    }
    return answer.toByteArray();
  }

  static byte[] hello(int attempt, int from, int to) {
    ByteBuf out = Unpooled.buffer();
    out.writeInt(Handshake.MAGIC).writeByte(Handshake.VERSION).writeByte(Handshake.HELLO);
    out.writeInt(attempt).writeInt(from).writeInt(to).writeBytes(Handshake.nonce());
    return Arrays.copyOf(out.array(), out.readableBytes());
  }

  /** A frame's header and as many bytes as a message of the handshake may have. */
  static byte[] frame(int bytes) {
    ByteBuf out = Unpooled.buffer();
    new Frame(1, ExchangeTest.tag(0, Direction.CONTROL), 5, 5).writeTo(out);
    out.setInt(Frame.HEADER_BYTES - Integer.BYTES, bytes);
    return Arrays.copyOf(out.array(), out.readableBytes() + 5);
  }

  /** Shows one certificate, whichever authorities the other side asks for. */
  final class Shows extends X509ExtendedKeyManager {
    private final X509Certificate certificate;
    private final PrivateKey key;

    Shows(Credentials shown) throws GeneralSecurityException {
      certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(shown.certificate()));
      key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(shown.key()));
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"own"};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "own";
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }
  }

  /** A stranger does not care who the other is. */
  final class TrustsAnybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
