package io.sparkswitch.model.exchange;

/**
 * Where an endpoint listens.
 *
 * <p>Concurrency: immutable.
 *
 * <p>Ordering: none.
 *
 * @param bindHost address of the interface to bind
 * @param advertisedHost what the other members dial; differs from the former behind a bridge
 * @param port first port to try, or 0 for any free one
 * @param portMaxRetries how many following ports may be tried when a port is taken
 * @param log where this member's log is, for the others' errors; empty if that is not known
 */
public record ListenAddress(
    String bindHost, String advertisedHost, int port, int portMaxRetries, String log) {
  public ListenAddress {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port %d is outside [0, 65535]".formatted(port));
    }
    if (portMaxRetries < 0) {
      throw new IllegalArgumentException("portMaxRetries %d is negative".formatted(portMaxRetries));
    }
  }

  /** Of a member whose log is not known. */
  public ListenAddress(String bindHost, String advertisedHost, int port, int portMaxRetries) {
    this(bindHost, advertisedHost, port, portMaxRetries, "");
  }

  /** Any free port of this machine's loopback interface. */
  public static ListenAddress loopback() {
    return new ListenAddress("127.0.0.1", "127.0.0.1", 0, 0);
  }

  /** The last port that may be tried. */
  int lastPort() {
    return port == 0 ? 0 : Math.min(65535, port + portMaxRetries);
  }
}
