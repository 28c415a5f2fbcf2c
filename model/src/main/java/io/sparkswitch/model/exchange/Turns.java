package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is of two programs, 0 and 1; 0 begins. Once one has failed, the other fails at its
 * next turn.
 *
 * <p>Concurrency: a thread for each program.
 */
final class Turns {
  private final int rank;
  private final Duration bound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final boolean[] over = new boolean[2];
  private int turn;
  private Throwable failure;

  /**
   * @param rank whose programs they are, for errors
   * @param bound of a wait for a turn
   */
  Turns(int rank, Duration bound) {
    this.rank = rank;
    this.bound = bound;
  }

  /** Runs a program, from its first turn on. */
  <T> T take(int program, Alternation.Program<T> of) throws IOException {
    try {
      await(program);
      return of.run();
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
      throw e;
    } finally {
      end(program);
    }
  }

  /** Called by the program whose turn it is: the other's, until it is this one's again. */
  void change() {
    lock.lock();
    try {
      int own = turn;
      if (!over[1 - own]) {
        turn = 1 - own;
        changed.signalAll();
      }
      await(own);
    } finally {
      lock.unlock();
    }
  }

  private void end(int program) {
    lock.lock();
    try {
      over[program] = true;
      if (turn == program) {
        turn = 1 - program;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void await(int program) {
    lock.lock();
    try {
      long left = bound.toNanos();
      while (turn != program && failure == null) {
        if (left <= 0) {
          throw failing(late());
        }
        left = changed.awaitNanos(left);
      }
      if (failure != null) {
        throw new ExchangeException(
            Reason.CLOSED, rank, "the other program of rank %d failed".formatted(rank), failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failing(
          new ExchangeException(Reason.INTERRUPTED, rank, "interrupted; " + waiting(), e));
    } finally {
      lock.unlock();
    }
  }

  /** Noted before the exchange closes, at which the other program fails as well. */
  private ExchangeException failing(ExchangeException why) {
    fail(why);
    return why;
  }

  ExchangeException late() {
    return new ExchangeException(
        Reason.TIMED_OUT, rank, "waited %.1f s; %s".formatted(bound.toMillis() / 1e3, waiting()));
  }

  private String waiting() {
    return "waiting for the other program of rank %d to come to an all-to-all, or to its end"
        .formatted(rank);
  }

  /** The first failure counts; neither program gets another turn. */
  void fail(Throwable why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What failed first. */
  RuntimeException failure() throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return (RuntimeException) failure;
  }
}
