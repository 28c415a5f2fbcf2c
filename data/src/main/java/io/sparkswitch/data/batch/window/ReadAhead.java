package io.sparkswitch.data.batch.window;

import io.sparkswitch.data.batch.order.SegmentOrder;
import io.sparkswitch.data.source.InputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Two windows of each part in memory: the one in use and the next, which one thread in the
 * background reads meanwhile. Every other window is let go, so one that is asked for again is read
 * again. {@link #at} is for one thread at a time, {@link #close} for any.
 */
public final class ReadAhead implements AutoCloseable {
  private static final long IDLE_SECONDS = 10;
  private static final long CLOSE_SECONDS = 10;

  private final SegmentOrder order;
  private final IntFunction<PackedTokens> read;
  private final ThreadPoolExecutor reader;
  private final Map<Integer, Long> entered = new HashMap<>();
  private final Map<SegmentOrder.Window, WindowTokens> windows = new HashMap<>();
  private boolean closed;

  /**
   * @param read the tokens of a row group, {@code <int32>[rows, segment]}; called by the reader or
   *     the caller
   */
  public ReadAhead(SegmentOrder order, IntFunction<PackedTokens> read) {
    this.order = order;
    this.read = read;
    this.reader =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), ReadAhead::thread);
    // A stream that nobody closes leaves no thread behind.
    reader.allowCoreThreadTimeOut(true);
  }

  /**
   * The tokens around a place; waits until its window was read.
   *
   * @throws InputException if a row group is damaged or cannot be read; asking again reads again
   * @throws IllegalStateException if the stream was closed, or this thread interrupted
   */
  public PackedTokens at(SegmentOrder.Place place) {
    WindowTokens tokens = enter(place.window());
    // Where the reader has not come to it yet, as at the beginning, it is not waited for.
    tokens.run();
    try {
      return tokens.at(place.rowGroup());
    } catch (ExecutionException e) {
      forget(place.window());
      throw surfaced(e.getCause());
    } catch (CancellationException e) {
      throw new IllegalStateException("the batch stream is closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while waiting for the tokens of " + place.window(), e);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      windows.values().forEach(WindowTokens::drop);
      windows.clear();
    }
    reader.shutdown();
    try {
      if (!reader.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        reader.shutdownNow();
      }
    } catch (InterruptedException e) {
      reader.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized WindowTokens enter(SegmentOrder.Window window) {
    if (closed) {
      throw new IllegalStateException("the batch stream is closed");
    }
    WindowTokens tokens = windows.get(window);
    Long last = entered.put(window.part(), window.number());
    if (tokens != null && last != null && last == window.number()) {
      return tokens;
    }
    SegmentOrder.Window next = window.next();
    keepOnly(window, next);
    if (tokens == null) {
      tokens = windowTokens(window, null);
    }
    if (!windows.containsKey(next)) {
      reader.execute(windowTokens(next, tokens));
    }
    return tokens;
  }

  private void keepOnly(SegmentOrder.Window window, SegmentOrder.Window next) {
    for (SegmentOrder.Window old : List.copyOf(windows.keySet())) {
      if (old.part() == window.part() && !old.equals(window) && !old.equals(next)) {
        windows.remove(old).drop();
      }
    }
  }

  private WindowTokens windowTokens(SegmentOrder.Window window, WindowTokens before) {
    WindowTokens tokens = new WindowTokens(order.rowGroups(window), read, before);
    windows.put(window, tokens);
    return tokens;
  }

  private synchronized void forget(SegmentOrder.Window window) {
    windows.remove(window);
  }

  private static RuntimeException surfaced(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof InputException) {
      return new InputException(cause.getMessage(), cause);
    }
    return new IllegalStateException("reading ahead failed: " + cause.getMessage(), cause);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "sparkswitch-read-ahead");
    thread.setDaemon(true);
    return thread;
  }
}
