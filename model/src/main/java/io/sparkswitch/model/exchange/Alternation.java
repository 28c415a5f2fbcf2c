package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Two programs of a rank that take turns on one exchange: whoever has sent what an all-to-all moves
 * lets the other go on, and receives when it is its turn again. So one computes while the rows of
 * the other travel, and while other ranks are late.
 *
 * <p>Concurrency: only the program whose turn it is runs; the first in the caller's thread, the
 * second in a thread of this.
 *
 * <p>Ordering: turns change at the same places of the programs whatever the timing. Ranks that all
 * run the same two programs call the exchange in the same order, and what the programs add to
 * shared sums is added in the same order each time. A program receives from ranks by all-to-alls
 * alone: what else came next would be the other's.
 */
public final class Alternation implements AutoCloseable {
  private final Exchange exchange;
  private final Duration bound;
  private final UnaryOperator<Runnable> around;
  private final ExecutorService thread;

  /** What one of the two does. */
  @FunctionalInterface
  public interface Program<T> {
    T run() throws IOException;
  }

  /**
   * @param bound of a wait for the other program, which itself waits for other ranks
   */
  public Alternation(Exchange exchange, Duration bound) {
    this(exchange, bound, UnaryOperator.identity());
  }

  /**
   * As the other.
   *
   * @param around for who watches the calls of a program: wraps what the other does within one
   */
  public Alternation(Exchange exchange, Duration bound, UnaryOperator<Runnable> around) {
    this.exchange = exchange;
    this.bound = bound;
    this.around = around;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread second = new Thread(work, "second program of rank " + exchange.rank());
              second.setDaemon(true);
              return second;
            });
  }

  /**
   * Runs both to their ends.
   *
   * @return what they return, the first one's first
   * @throws IOException if one fails, or a {@link RuntimeException}: what the first to fail threw;
   *     neither runs any more then
   */
  public <T> List<T> run(Program<T> first, Program<T> second) throws IOException {
    Turns turns = new Turns(exchange.rank(), bound);
    Future<T> other = thread.submit(() -> turns.take(1, second));
    try {
      exchange.meanwhile(around.apply(turns::change));
      T own = turns.take(0, first);
      return Arrays.asList(own, other.get(bound.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      turns.fail(interrupted(e));
    } catch (TimeoutException e) {
      turns.fail(turns.late());
    } catch (ExecutionException | RuntimeException | IOException | Error e) {
      turns.fail(e instanceof ExecutionException ? e.getCause() : e);
    } finally {
      end(other);
      exchange.meanwhile(null);
    }
    throw turns.failure();
  }

  private ExchangeException interrupted(InterruptedException e) {
    return new ExchangeException(
        Reason.INTERRUPTED, exchange.rank(), "interrupted while a second program ran", e);
  }

  /** Interrupts the other, and waits until it has ended, whoever interrupts this. */
  private void end(Future<?> other) {
    other.cancel(true);
    Future<?> after = thread.submit(() -> {});
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    while (!after.isDone() && System.nanoTime() < deadline) {
      try {
        after.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | TimeoutException e) {
        // It computes without end; what failed first is thrown all the same.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
