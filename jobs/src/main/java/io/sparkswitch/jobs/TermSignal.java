package io.sparkswitch.jobs;

import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM, while a training can still write a checkpoint: the first one only asks, so that the run
 * ends by itself and as it should; a second one ends the process as ever.
 */
final class TermSignal implements AutoCloseable {
  private static final Signal TERM = new Signal("TERM");

  private final SignalHandler before;
  private volatile boolean received;

  TermSignal(Consumer<String> say) {
    before =
        Signal.handle(
            TERM,
            signal -> {
              Signal.handle(TERM, SignalHandler.SIG_DFL);
              received = true;
              say.accept("SIGTERM: writing a checkpoint after this step, then ending.");
            });
  }

  boolean isReceived() {
    return received;
  }

  @Override
  public void close() {
    if (!received) {
      Signal.handle(TERM, before);
    }
  }
}
