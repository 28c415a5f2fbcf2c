package io.sparkswitch.jobs.gang;

import java.util.List;
import java.util.ServiceLoader;

/**
 * What a rank is at, and what it does beside.
 *
 * <p>Concurrency: the rank's thread enters phases, one other thread what is done beside, the
 * heartbeat's reads.
 */
public final class Whereabouts {
  private final int rank;
  private final List<PhaseListener> listeners;
  private volatile Object exchange;
  private volatile Place place;

  /** Null where nothing is done beside. */
  private volatile Place beside;

  private Whereabouts(int rank, int attempt, List<PhaseListener> listeners) {
    this.rank = rank;
    this.listeners = listeners;
    this.place = Place.start(rank, attempt);
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

  int rank() {
    return rank;
  }

  /** A phase of the step entered last. */
  public void enter(RankPhase next) {
    enter(next, place.step());
  }

  /**
   * A phase of a step.
   *
   * @param next what begins
   * @param of the step, batch or checkpoint it concerns
   */
  public void enter(RankPhase next, long of) {
    place = place.enter(next, of);
    tell(place);
  }

  /** Something else of this rank is done, and then what it was at goes on. */
  public void meanwhile(Runnable work) {
    Place before = place;
    enter(RankPhase.COMPUTATION);
    work.run();
    place = before;
  }

  /** As {@link #enter(RankPhase, long)}, of a thread beside the rank's, until it ends. */
  public void enterBeside(RankPhase next, long of) {
    Place now = place.enter(next, of);
    beside = now;
    tell(now);
  }

  /** What was done beside is over. */
  public void endBeside() {
    beside = null;
  }

  private void tell(Place now) {
    for (PhaseListener listener : listeners) {
      listener.entered(now, exchange);
    }
  }

  /** As sentences name it: {@code computation of step 12 and, beside it, …}. */
  @Override
  public String toString() {
    Place other = beside;
    return other == null ? place.toString() : "%s and, beside it, %s".formatted(place, other);
  }
}
