package io.sparkswitch.model.exchange;

import io.sparkswitch.model.exchange.ExchangeException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is of some programs, 0, 1, …, of which 0 begins: each is followed by the next that
 * is not over, the last by the first. Once one has failed, the others fail at their next turns.
 *
 * <p>Concurrency: a thread for each program.
 */
final class Turns {
  private final int rank;
  private final Duration bound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition[] begins;
  private final boolean[] over;
  private int turn;
  private Throwable failure;

  /**
   * @param rank whose programs they are, for errors
   * @param programs how many
   * @param bound of a wait for a turn
   */
  Turns(int rank, int programs, Duration bound) {
    this.rank = rank;
    this.over = new boolean[programs];
    this.begins = new Condition[programs];
    Arrays.setAll(begins, program -> lock.newCondition());
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

  /** Called by the program whose turn it is: the others', until it is this one's again. */
  void change() {
    lock.lock();
    try {
      int own = turn;
      pass();
      await(own);
    } finally {
      lock.unlock();
    }
  }

  private void pass() {
    int next = turn;
    do {
      next = (next + 1) % over.length;
    } while (over[next] && next != turn);
    turn = next;
    begins[turn].signal();
  }

  private void end(int program) {
    lock.lock();
    try {
      over[program] = true;
      if (turn == program) {
        pass();
      }
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
        left = begins[program].awaitNanos(left);
      }
      if (failure != null) {
        throw new ExchangeException(
            Reason.CLOSED, rank, "another program of rank %d failed".formatted(rank), failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failing(
          new ExchangeException(Reason.INTERRUPTED, rank, "interrupted; " + waiting(), e));
    } finally {
      lock.unlock();
    }
  }

  /** Noted before the exchange closes, at which the others fail as well. */
  private ExchangeException failing(ExchangeException why) {
    fail(why);
    return why;
  }

  ExchangeException late() {
    return new ExchangeException(
        Reason.TIMED_OUT, rank, "waited %.1f s; %s".formatted(bound.toMillis() / 1e3, waiting()));
  }

  private String waiting() {
    return "waiting for the other programs of rank %d to come to an all-to-all, or to their ends"
        .formatted(rank);
  }

  /** The first failure counts; no program gets another turn. */
  void fail(Throwable why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      for (Condition each : begins) {
        each.signal();
      }
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
