package io.sparkswitch.model.exchange;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * The proofs of the handshake: mutual challenge and response.
 *
 * <pre>
 * dialer   → listener  hello      magic, version, kind, attempt, from, to, dialer's nonce
 * listener → dialer    challenge  magic, version, kind, listener's nonce
 * dialer   → listener  proof      magic, version, kind, HMAC over all of that and the role "dialer"
 * listener → dialer    proof      likewise with the role "listener"
 * </pre>
 *
 * The listener proves itself last, so that a stranger learns nothing. It authenticates the two ends
 * of a connection at its beginning; what follows is neither encrypted nor authenticated, unless all
 * of it runs inside {@link Encryption}.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: the messages' as above, before any frame.
 *
 * @param attempt of the gang
 * @param dialer rank that connects
 * @param listener rank that accepts
 */
record Handshake(int attempt, int dialer, int listener) {
  static final int MAGIC = 0x53574831; // "SWH1"
  static final byte VERSION = 1;
  static final byte HELLO = 1;
  static final byte CHALLENGE = 2;
  static final byte PROOF = 3;
  static final int NONCE_BYTES = 32;
  static final int PREFIX_BYTES = Integer.BYTES + 2;
  static final int HELLO_BYTES = PREFIX_BYTES + 3 * Integer.BYTES + NONCE_BYTES;
  static final int CHALLENGE_BYTES = PREFIX_BYTES + NONCE_BYTES;
  static final int PROOF_BYTES = PREFIX_BYTES + 32;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Which side proves itself; part of the proof, so that one's cannot serve as the other's. */
  enum Role {
    DIALER,
    LISTENER
  }

  static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  byte[] proof(RunSecret secret, Role role, byte[] dialerNonce, byte[] listenerNonce) {
    ByteBuffer message = ByteBuffer.allocate(PREFIX_BYTES + 3 * Integer.BYTES + 2 * NONCE_BYTES);
    message.putInt(MAGIC).put(VERSION).put((byte) role.ordinal());
    message.putInt(attempt).putInt(dialer).putInt(listener);
    message.put(dialerNonce).put(listenerNonce);
    return secret.authenticate(message.array());
  }

  /** Compares in constant time. */
  boolean accepts(
      byte[] proof, RunSecret secret, Role role, byte[] dialerNonce, byte[] listenerNonce) {
    return MessageDigest.isEqual(proof, proof(secret, role, dialerNonce, listenerNonce));
  }
}
