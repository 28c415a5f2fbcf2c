package io.sparkswitch.jobs.gang;

import java.util.List;
import java.util.ServiceLoader;

/**
 * What a rank is at.
 *
 * <p>Concurrency: the rank's thread enters phases, the heartbeat's reads.
 */
public final class Whereabouts {
  private final int rank;
  private final int attempt;
  private final List<PhaseListener> listeners;
  private Object exchange;
  private volatile RankPhase phase = RankPhase.START;
  private volatile long step = -1;

  private Whereabouts(int rank, int attempt, List<PhaseListener> listeners) {
    this.rank = rank;
    this.attempt = attempt;
    this.listeners = listeners;
  }

  /** Of a rank that nobody watches. */
  static Whereabouts unwatched(int rank, int attempt) {
    return new Whereabouts(rank, attempt, List.of());
  }

  /** With the {@linkplain PhaseListener listeners} that the class path offers. */
  static Whereabouts of(int rank, int attempt) {
    ClassLoader loader = Whereabouts.class.getClassLoader();
    return new Whereabouts(
        rank,
        attempt,
        ServiceLoader.load(PhaseListener.class, loader).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  void connected(Object with) {
    exchange = with;
  }

  /** A phase of the step entered last. */
  public void enter(RankPhase next) {
    phase = next;
    for (PhaseListener listener : listeners) {
      listener.entered(this, exchange);
    }
  }

  /**
   * A phase of a step.
   *
   * @param next what begins
   * @param of the step, batch or checkpoint it concerns
   */
  public void enter(RankPhase next, long of) {
    step = of;
    enter(next);
  }

  public int rank() {
    return rank;
  }

  public int attempt() {
    return attempt;
  }

  public RankPhase phase() {
    return phase;
  }

  /** The step, batch or checkpoint of the phase; −1 before the first. */
  public long step() {
    return step;
  }

  /** As sentences name it: {@code the optimizer of step 12}. */
  @Override
  public String toString() {
    long of = step;
    return of < 0 ? phase.toString() : "%s of step %d".formatted(phase, of);
  }
}
