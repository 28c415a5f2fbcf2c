package io.sparkswitch.jobs.gang;

import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.model.exchange.ExchangeException;
import io.sparkswitch.model.exchange.HeartbeatListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Listens to the heartbeats of an attempt's ranks. A connection that closes without a goodbye is a
 * death at once; silence for {@code gang.suspect-after} makes a suspect. A pause of the driver
 * itself, during which it could hear nobody, does not count.
 *
 * <p>Concurrency: a daemon thread of its own, which reports the first loss and ends.
 */
final class Vigil implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(20);

  private final HeartbeatListener listener;
  private final GangSettings settings;
  private final StageWatch stage;
  private final Consumer<Loss> onLoss;
  private final List<Heard> ranks;
  private final Thread thread = new Thread(this::run, "sparkswitch-vigil");
  private final Set<String> leaving = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** What is known of a rank. */
  private static final class Heard {
    private final int rank;
    private volatile Optional<Beat> last = Optional.empty();
    private long at = System.nanoTime();

    Heard(int rank) {
      this.rank = rank;
    }
  }

  Vigil(
      HeartbeatListener listener,
      int size,
      GangSettings settings,
      StageWatch stage,
      Consumer<Loss> onLoss) {
    this.listener = listener;
    this.settings = settings;
    this.stage = stage;
    this.onLoss = onLoss;
    this.ranks = IntStream.range(0, size).mapToObj(Heard::new).toList();
    thread.setDaemon(true);
    thread.start();
  }

  /** Executors that were told to end and have yet to. */
  Set<String> leaving() {
    return leaving;
  }

  boolean isSomebodyLeaving() {
    return !leaving.isEmpty();
  }

  private void run() {
    long ticked = System.nanoTime();
    long asked = ticked;
    while (!closed) {
      long now = System.nanoTime();
      if (now - ticked > settings.suspectAfter().toNanos() / 2) {
        ranks.forEach(heard -> heard.at = now);
      }
      ticked = now;
      for (Heard heard : ranks) {
        Optional<Loss> loss = listen(heard);
        if (loss.isPresent() && !closed) {
          onLoss.accept(loss.get());
          return;
        }
      }
      if (now - asked > settings.suspectAfter().toNanos() / 10) {
        asked = now;
        askSpark();
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
  }

  /** Who is to end without having been told itself. */
  private void askSpark() {
    for (Heard heard : ranks) {
      heard.last.map(Beat::executor).filter(stage::isDecommissioned).ifPresent(leaving::add);
    }
  }

  private Optional<Loss> listen(Heard heard) {
    try {
      for (byte[] beat : listener.take(heard.rank)) {
        heard.last = Optional.of(Beat.of(beat));
        heard.at = System.nanoTime();
        heard.last.filter(Beat::leaving).map(Beat::executor).ifPresent(leaving::add);
      }
    } catch (ExchangeException e) {
      return Optional.of(loss(heard, "sent no proper heartbeat: " + e.getMessage(), true));
    }
    if (listener.death(heard.rank).isPresent()) {
      return Optional.of(loss(heard, "died: its connection closed", false));
    }
    if (listener.endedInOrder(heard.rank)) {
      return Optional.empty();
    }
    Duration bound = heard.last.isPresent() ? settings.suspectAfter() : settings.startupWait();
    long silence = System.nanoTime() - heard.at;
    if (silence <= bound.toNanos()) {
      return Optional.empty();
    }
    String what = heard.last.isPresent() ? "was silent for %.1f s" : "was never heard of in %.1f s";
    return Optional.of(loss(heard, what.formatted(silence / 1e9), true));
  }

  /** A rank that somebody else knows to be no more; any thread may ask. */
  Loss lossOf(int rank, String what) {
    return loss(ranks.get(rank), what, false);
  }

  private Loss loss(Heard heard, String what, boolean silent) {
    return new Loss(heard.rank, heard.last, stage.placement(heard.rank), what, silent);
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    listener.close();
  }
}
