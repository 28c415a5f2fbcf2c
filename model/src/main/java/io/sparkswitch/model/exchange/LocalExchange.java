package io.sparkswitch.model.exchange;

import java.time.Duration;
import java.util.List;

/**
 * An exchange between threads of one JVM.
 *
 * <p>Concurrency: each end belongs to one thread. Closing an end, from any thread, fails the waits
 * of the others for it at once.
 *
 * <p>Ordering: as {@link Exchange}.
 */
public final class LocalExchange extends PeerExchange {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final List<LocalPeers> ends;
  private final LocalPeers own;

  private LocalExchange(List<LocalPeers> ends, LocalPeers own) {
    super(own);
    this.ends = ends;
    this.own = own;
  }

  /** The ends of ranks 0 to {@code size - 1}; each gives the driver's with {@link #driver}. */
  public static List<LocalExchange> group(int size) {
    return group(size, PATIENCE);
  }

  /**
   * As {@link #group(int)}.
   *
   * @param patience bound of each wait for a message
   */
  public static List<LocalExchange> group(int size, Duration patience) {
    if (size < 1) {
      throw new IllegalArgumentException("a gang of %d; at least 1".formatted(size));
    }
    List<LocalPeers> ends = LocalPeers.group(size, patience);
    return ends.stream().skip(1).map(end -> new LocalExchange(ends, end)).toList();
  }

  /** The driver's end of this group: the same one, whichever rank is asked. */
  public LocalExchange driver() {
    return own.rank() == DRIVER ? this : new LocalExchange(ends, ends.get(0));
  }
}
