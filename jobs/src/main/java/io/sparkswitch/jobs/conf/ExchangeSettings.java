package io.sparkswitch.jobs.conf;

import java.io.Serializable;
import java.time.Duration;

/** Section {@code exchange}: the wire between executors. */
public record ExchangeSettings(
    String bindHost, int port, Duration timeOut, Duration driverTimeOut, Encryption encryption)
    implements Serializable {

  /** Whether what members of a gang send each other is encrypted. */
  public enum Encryption {
    /** Whenever Spark encrypts what it sends itself. */
    AUTO,
    ON,
    OFF
  }

  public static final String AUTO = "auto";

  public ExchangeSettings {
    Require.that(!bindHost.isBlank(), "exchange.bind-host", "''", "a host's name or address");
    Require.that(port >= 0 && port <= 65535, "exchange.port", port, "from 0 to 65535");
    Require.positive("exchange.time-out", timeOut);
    Require.positive("exchange.driver-time-out", driverTimeOut);
  }
}
