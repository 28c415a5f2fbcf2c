package io.sparkswitch.jobs.loop;

/**
 * The consecutive sequences of a global batch that a rank works on: whole routing groups, as evenly
 * as can be.
 *
 * @param from first sequence
 * @param to sequence after the last
 */
record Share(int from, int to) {

  /**
   * @param sequences of the global batch
   * @param groupSequences sequences of a routing group; 0 is the whole batch
   */
  static Share of(int sequences, int groupSequences, int rank, int size) {
    int group = groupSequences == 0 ? sequences : groupSequences;
    int groups = (sequences + group - 1) / group;
    int from = Math.toIntExact((long) groups * rank / size);
    int to = Math.toIntExact((long) groups * (rank + 1) / size);
    return new Share(Math.min(from * group, sequences), Math.min(to * group, sequences));
  }

  /** Part {@code index} of {@code parts} of this share, whole groups again. */
  Share part(int groupSequences, int index, int parts) {
    Share within = of(to - from, groupSequences, index, parts);
    return new Share(from + within.from, from + within.to);
  }

  boolean isEmpty() {
    return from == to;
  }
}
