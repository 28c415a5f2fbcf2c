package io.sparkswitch.jobs.gang;

/**
 * What one thread of a rank is at.
 *
 * @param rank of the gang
 * @param attempt of the gang
 * @param phase that it has entered
 * @param step the step, batch or checkpoint of the phase; −1 before the first
 */
public record Place(int rank, int attempt, RankPhase phase, long step) {
  private static final long BEFORE = -1;

  static Place start(int rank, int attempt) {
    return new Place(rank, attempt, RankPhase.START, BEFORE);
  }

  Place enter(RankPhase next, long of) {
    return new Place(rank, attempt, next, of);
  }

  /** As sentences name it: {@code the optimizer of step 12}. */
  @Override
  public String toString() {
    return step == BEFORE ? phase.toString() : "%s of step %d".formatted(phase, step);
  }
}
