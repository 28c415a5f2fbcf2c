package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.NettyEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.api.java.JavaFutureAction;

/**
 * Ends the driver's waits once the stage is over: executors may be gone without their connections
 * telling so, as when a machine loses its power.
 *
 * <p>Concurrency: a thread of its own closes the endpoint; {@link #close} ends it.
 */
final class StageEnd implements AutoCloseable {
  private static final long POLL_NANOS = Duration.ofMillis(100).toNanos();

  /** For connections to tell more exactly, and for a driver whose work is just done. */
  private static final long GRACE_NANOS = Duration.ofSeconds(10).toNanos();

  private final JavaFutureAction<List<String>> stage;
  private final NettyEndpoint endpoint;
  private final Thread watch = new Thread(this::watch, "sparkswitch-gang-stage");
  private volatile boolean started;
  private volatile boolean closed;

  StageEnd(JavaFutureAction<List<String>> stage, NettyEndpoint endpoint) {
    this.stage = stage;
    this.endpoint = endpoint;
    watch.setDaemon(true);
    watch.start();
  }

  /** The gang is connected. Before that, a stage that ends is waited for no longer. */
  void started() {
    started = true;
  }

  private void watch() {
    while (!closed && !stage.isDone()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    long deadline = System.nanoTime() + (started ? GRACE_NANOS : 0);
    while (!closed && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    if (!closed) {
      endpoint.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(watch);
  }
}
