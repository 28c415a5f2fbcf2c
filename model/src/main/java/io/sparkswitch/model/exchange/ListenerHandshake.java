package io.sparkswitch.model.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.sparkswitch.model.exchange.Handshake.Role;

/**
 * The accepting side of {@link Handshake}.
 *
 * <p>Concurrency: the network thread only.
 *
 * <p>Ordering: challenge after the hello, proof after the dialer's.
 */
final class ListenerHandshake extends HandshakeHandler {
  private final NettyEndpoint endpoint;
  private final byte[] nonce = Handshake.nonce();
  private Handshake terms;
  private byte[] dialerNonce;

  ListenerHandshake(NettyEndpoint endpoint) {
    super(endpoint.limits().handshake(), Handshake.HELLO_BYTES);
    this.endpoint = endpoint;
  }

  @Override
  void message(ChannelHandlerContext context, byte kind, ByteBuf body) throws RefusedException {
    if (terms == null) {
      check(kind, Handshake.HELLO);
      terms = new Handshake(body.readInt(), body.readInt(), body.readInt());
      dialerNonce = read(body, Handshake.NONCE_BYTES);
      checkTerms();
      Encryption.check(context.channel(), terms.attempt(), terms.dialer());
      expect(Handshake.PROOF_BYTES);
      send(context, Handshake.CHALLENGE, nonce);
      return;
    }
    check(kind, Handshake.PROOF);
    RunSecret secret = endpoint.member().secret();
    byte[] proof = read(body, body.readableBytes());
    if (!terms.accepts(proof, secret, Role.DIALER, dialerNonce, nonce)) {
      throw new RefusedException("it does not know this run's secret, or replays an old handshake");
    }
    Link link = endpoint.claim(context.channel(), terms.dialer());
    byte[] own = terms.proof(secret, Role.LISTENER, dialerNonce, nonce);
    ChannelFuture written = send(context, Handshake.PROOF, own);
    succeed(context, link);
    // Not before: the program writes to the socket by itself, and would overtake the proof.
    written.addListener(done -> joinedOrNot(link, done.cause()));
  }

  private void joinedOrNot(Link link, Throwable failure) {
    if (failure == null) {
      endpoint.joined(link);
    } else {
      String name = link.mailbox().peerName();
      endpoint.notJoined(link.rank(), "cannot answer " + name, failure);
    }
  }

  private void checkTerms() throws RefusedException {
    Member member = endpoint.member();
    if (terms.attempt() != member.attempt()) {
      throw new RefusedException(
          "it is of attempt %d, this is attempt %d".formatted(terms.attempt(), member.attempt()));
    }
    if (terms.listener() != member.rank() || terms.dialer() <= member.rank()) {
      throw new RefusedException(
          "it says that %s dials %s, but this is %s"
              .formatted(
                  PeerAddress.name(terms.dialer()),
                  PeerAddress.name(terms.listener()),
                  PeerAddress.name(member.rank())));
    }
  }

  @Override
  void refused(ChannelHandlerContext context, String reason) {
    endpoint.refusals().add(context.channel().remoteAddress(), reason);
  }
}
