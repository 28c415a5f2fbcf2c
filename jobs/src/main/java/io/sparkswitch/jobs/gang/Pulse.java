package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.Heartbeat;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rank's heartbeat: a thread that does nothing but tell the driver, again and again, what the
 * rank is at. It beats as long as the process runs, however long a computation takes.
 *
 * <p>Concurrency: a daemon thread of its own; {@link #close} ends it.
 */
final class Pulse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

  /** How soon a new phase is told. */
  private static final Duration RESOLUTION = Duration.ofMillis(20);

  private static final int BEATS_BEFORE_SUSPICION = 10;
  private static final Duration SLOWEST = Duration.ofSeconds(1);
  private static final Duration END = Duration.ofSeconds(10);

  private final Supplier<Heartbeat> dial;
  private final Whereabouts whereabouts;
  private final Duration every;
  private final Thread thread = new Thread(this::run, "sparkswitch-heartbeat");
  private volatile boolean closed;

  private Pulse(Supplier<Heartbeat> dial, Whereabouts whereabouts, Duration suspectAfter) {
    this.dial = dial;
    this.whereabouts = whereabouts;
    Duration wanted = suspectAfter.dividedBy(BEATS_BEFORE_SUSPICION);
    this.every = wanted.compareTo(SLOWEST) > 0 ? SLOWEST : wanted;
    thread.setDaemon(true);
  }

  /** Begins at once; connects by itself. */
  static Pulse start(Supplier<Heartbeat> dial, Whereabouts whereabouts, Duration suspectAfter) {
    Pulse pulse = new Pulse(dial, whereabouts, suspectAfter);
    pulse.thread.start();
    return pulse;
  }

  private void run() {
    try (Heartbeat heartbeat = dial.get()) {
      Beat beat = Beat.here();
      String told = "";
      long last = System.nanoTime();
      while (!closed && !heartbeat.isEnded()) {
        String now = whereabouts.toString();
        if (!now.equals(told) || System.nanoTime() - last >= every.toNanos()) {
          heartbeat.beat(beat.doing(now, Departure.isAnnounced()).toBytes());
          told = now;
          last = System.nanoTime();
        }
        LockSupport.parkNanos(RESOLUTION.toNanos());
      }
    } catch (ExchangeException e) {
      LOG.warn("rank {} can send no heartbeats: {}", whereabouts.rank(), e.getMessage());
    }
  }

  /** Says goodbye. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(END.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
