package io.sparkswitch.jobs.gang;

import java.util.Optional;

/**
 * A rank that is no more, or is believed so.
 *
 * @param rank which
 * @param last what was heard of it last
 * @param placed the executor Spark had put it on, for one that was never heard of
 * @param what happened, after its name in a sentence
 * @param silent whether its process may still be there, and has to be ended
 */
record Loss(
    int rank,
    Optional<Beat> last,
    Optional<StageWatch.Placement> placed,
    String what,
    boolean silent) {

  Optional<String> executor() {
    return last.map(Beat::executor).or(() -> placed.map(StageWatch.Placement::executor));
  }

  /** Names rank, host, executor, phase and log. */
  String sentence() {
    if (last.isPresent()) {
      Beat beat = last.get();
      return "rank %d on %s (executor %s), at %s, %s; its log: %s"
          .formatted(rank, beat.host(), beat.executor(), beat.doing(), what, beat.log());
    }
    String place =
        placed.map(p -> " on %s (executor %s)".formatted(p.host(), p.executor())).orElse("");
    return "rank %d%s %s".formatted(rank, place, what);
  }
}
