package io.sparkswitch.model.exchange;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom an endpoint turned away. A host is logged once for each reason, so that a scanner cannot
 * fill the log.
 *
 * <p>Concurrency: any thread.
 *
 * <p>Ordering: none.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final int REMEMBERED = 256;

  private final String self;
  private final Set<String> logged = new LinkedHashSet<>();

  Refusals(String self) {
    this.self = self;
  }

  synchronized void add(SocketAddress remote, String reason) {
    String host = remote instanceof InetSocketAddress inet ? inet.getHostString() : "" + remote;
    String line = "%s refused a connection from %s: %s".formatted(self, host, reason);
    if (logged.size() < REMEMBERED && logged.add(line)) {
      LOG.warn(line);
    }
  }

  /** The lines logged so far. */
  synchronized List<String> lines() {
    return new ArrayList<>(logged);
  }
}
