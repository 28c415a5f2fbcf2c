package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.sparkswitch.model.exchange.Handshake.Role;
import java.nio.ByteBuffer;

/**
 * The connecting side of {@link Handshake}.
 *
 * <p>Concurrency: the network thread only.
 *
 * <p>Ordering: hello, then proof, then the listener's proof.
 */
final class DialerHandshake extends HandshakeHandler {
  private final NettyEndpoint endpoint;
  private final PeerAddress to;
  private final Handshake terms;
  private final byte[] nonce = Handshake.nonce();
  private byte[] listenerNonce;

  DialerHandshake(NettyEndpoint endpoint, PeerAddress to) {
    super(endpoint.limits().handshake(), Handshake.CHALLENGE_BYTES);
    this.endpoint = endpoint;
    this.to = to;
    this.terms = new Handshake(endpoint.member().attempt(), endpoint.member().rank(), to.rank());
  }

  @Override
  public void channelActive(ChannelHandlerContext context) throws Exception {
    super.channelActive(context);
    ByteBuffer terms = ByteBuffer.allocate(3 * Integer.BYTES);
    terms.putInt(this.terms.attempt()).putInt(this.terms.dialer()).putInt(this.terms.listener());
    send(context, Handshake.HELLO, terms.array(), nonce);
  }

  @Override
  void message(ChannelHandlerContext context, byte kind, ByteBuf body) throws RefusedException {
    RunSecret secret = endpoint.member().secret();
    if (listenerNonce == null) {
      check(kind, Handshake.CHALLENGE);
      Encryption.check(context.channel(), terms.attempt(), terms.listener());
      listenerNonce = read(body, Handshake.NONCE_BYTES);
      expect(Handshake.PROOF_BYTES);
      send(context, Handshake.PROOF, terms.proof(secret, Role.DIALER, nonce, listenerNonce));
      return;
    }
    check(kind, Handshake.PROOF);
    byte[] proof = read(body, body.readableBytes());
    if (!terms.accepts(proof, secret, Role.LISTENER, nonce, listenerNonce)) {
      throw new RefusedException("it does not know this run's secret");
    }
    Link link = endpoint.claim(context.channel(), to.rank());
    succeed(context, link);
    endpoint.joined(link);
  }

  @Override
  void refused(ChannelHandlerContext context, String reason) {
    endpoint.notJoined(
        to.rank(),
        "%s did not accept this side in attempt %d: %s; its log says why"
            .formatted(to, terms.attempt(), reason),
        null);
  }
}
