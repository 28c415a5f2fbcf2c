package io.sparkswitch.data.batch.window;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.IntFunction;

/**
 * The tokens of one window, each row group read once, by the first thread that runs it; row groups
 * of the window before are taken from there. Safe between threads.
 */
final class WindowTokens implements Runnable {
  private final int[] rowGroups;
  private final IntFunction<PackedTokens> read;
  private final FutureTask<Map<Integer, PackedTokens>> tokens = new FutureTask<>(this::readAll);
  private WindowTokens before;

  /**
   * @param rowGroups what is read, in this order
   * @param before a window whose reading ends before this one's begins; null if none is held
   */
  WindowTokens(int[] rowGroups, IntFunction<PackedTokens> read, WindowTokens before) {
    this.rowGroups = rowGroups;
    this.read = read;
    this.before = before;
  }

  /** Reads until done, failed or dropped; does nothing if another thread has begun. */
  @Override
  public void run() {
    tokens.run();
  }

  /** Ends the reading before the next row group. */
  void drop() {
    tokens.cancel(false);
  }

  /**
   * The tokens of a row group of this window; waits until the window was read.
   *
   * @throws ExecutionException with what the reading failed of
   * @throws CancellationException if it was dropped
   */
  PackedTokens at(int rowGroup) throws ExecutionException, InterruptedException {
    return tokens.get().get(rowGroup);
  }

  private Map<Integer, PackedTokens> readAll() throws InterruptedException {
    Map<Integer, PackedTokens> held = before == null ? Map.of() : before.whatItHas();
    before = null; // or every window would hold on to all before it
    Map<Integer, PackedTokens> all = new HashMap<>();
    for (int group : rowGroups) {
      if (tokens.isCancelled()) {
        break; // nobody will ask for what is there
      }
      PackedTokens known = held.get(group);
      all.put(group, known == null ? read.apply(group) : known);
    }
    return all;
  }

  private Map<Integer, PackedTokens> whatItHas() throws InterruptedException {
    run();
    try {
      return tokens.get();
    } catch (ExecutionException | CancellationException e) {
      return Map.of(); // who asked for that window is told
    }
  }
}
