package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Programs of a rank that take turns on one exchange: whoever has sent what an all-to-all moves
 * lets the next go on, and receives when it is its turn again. So one computes while the rows of
 * the others travel, and while other ranks are late.
 *
 * <p>Concurrency: only the program whose turn it is runs; the first in the caller's thread, each
 * other in a thread of this.
 *
 * <p>Ordering: turns change at the same places of the programs whatever the timing. Ranks that all
 * run the same programs call the exchange in the same order, and what the programs add to shared
 * sums is added in the same order each time. A program receives from ranks by all-to-alls alone:
 * what else came next would be another's.
 */
public final class Alternation implements AutoCloseable {
  private final Exchange exchange;
  private final Duration bound;
  private final UnaryOperator<Runnable> around;
  private final List<ExecutorService> threads = new ArrayList<>();

  /** What one of them does. */
  @FunctionalInterface
  public interface Program<T> {
    T run() throws IOException;
  }

  /**
   * @param most programs at a time
   * @param bound of a wait for the other programs, which themselves wait for other ranks
   */
  public Alternation(Exchange exchange, int most, Duration bound) {
    this(exchange, most, bound, UnaryOperator.identity());
  }

  /**
   * As the other.
   *
   * @param around for who watches the calls of a program: wraps what the others do within one
   */
  public Alternation(Exchange exchange, int most, Duration bound, UnaryOperator<Runnable> around) {
    this.exchange = exchange;
    this.bound = bound;
    this.around = around;
    for (int i = 1; i < most; i++) {
      String name = "program %d of rank %d".formatted(i, exchange.rank());
      threads.add(
          Executors.newSingleThreadExecutor(
              work -> {
                Thread other = new Thread(work, name);
                other.setDaemon(true);
                return other;
              }));
    }
  }

  /**
   * Runs all to their ends.
   *
   * @param programs at most as many as this was made for
   * @return what they return, in their order
   * @throws IOException if one fails, or a {@link RuntimeException}: what the first to fail threw;
   *     none runs any more then
   */
  public <T> List<T> run(List<Program<T>> programs) throws IOException {
    if (programs.isEmpty() || programs.size() > threads.size() + 1) {
      throw new IllegalArgumentException(
          "%d programs, where 1 to %d can take turns"
              .formatted(programs.size(), threads.size() + 1));
    }
    Turns turns = new Turns(exchange.rank(), programs.size(), bound);
    List<Future<T>> others = new ArrayList<>();
    for (int i = 1; i < programs.size(); i++) {
      int program = i;
      others.add(threads.get(i - 1).submit(() -> turns.take(program, programs.get(program))));
    }
    try {
      exchange.meanwhile(around.apply(turns::change));
      List<T> results = new ArrayList<>();
      results.add(turns.take(0, programs.get(0)));
      for (Future<T> other : others) {
        results.add(other.get(bound.toNanos(), TimeUnit.NANOSECONDS));
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      turns.fail(interrupted(e));
    } catch (TimeoutException e) {
      turns.fail(turns.late());
    } catch (ExecutionException | RuntimeException | IOException | Error e) {
      turns.fail(e instanceof ExecutionException ? e.getCause() : e);
    } finally {
      end(others);
      exchange.meanwhile(null);
    }
    throw turns.failure();
  }

  private ExchangeException interrupted(InterruptedException e) {
    return new ExchangeException(
        Reason.INTERRUPTED, exchange.rank(), "interrupted while other programs ran", e);
  }

  /** Interrupts the others, and waits until they have ended, whoever interrupts this. */
  private void end(List<? extends Future<?>> others) {
    others.forEach(other -> other.cancel(true));
    List<Future<?>> after = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      after.add(threads.get(i).submit(() -> {}));
    }
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (Future<?> each : after) {
      while (!each.isDone() && System.nanoTime() < deadline) {
        try {
          each.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException | TimeoutException e) {
          // It computes without end; what failed first is thrown all the same.
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdownNow);
  }
}
