package io.sparkswitch.model.moe;

/**
 * The tokens one rank routes in a stack, cut into routing groups of whole sequences. Capacity and
 * the load-balancing loss are computed per group, over real tokens only.
 *
 * @param sequences sequences at hand
 * @param length tokens a sequence, padding included
 * @param groupSequences sequences a group; the last group may be smaller
 * @param real {@code [sequences × length]}: false at padding
 * @param firstSequence global index of the first sequence
 * @param globalTokens real tokens of the whole batch, on all ranks
 */
public record TokenGroups(
    int sequences,
    int length,
    int groupSequences,
    boolean[] real,
    long firstSequence,
    long globalTokens) {

  public TokenGroups {
    if (groupSequences < 1) {
      throw new IllegalArgumentException(
          "groupSequences is %d, must be at least 1".formatted(groupSequences));
    }
    if (real.length != sequences * length) {
      throw new IllegalArgumentException(
          "%d marks for %d sequences of %d tokens".formatted(real.length, sequences, length));
    }
  }

  public int tokens() {
    return sequences * length;
  }

  public int groups() {
    return (sequences + groupSequences - 1) / groupSequences;
  }

  /** First token of a group; for {@code groups()} the number of tokens. */
  public int start(int group) {
    return Math.min(group * groupSequences, sequences) * length;
  }

  /** Real tokens at hand. */
  public long realTokens() {
    long count = 0;
    for (boolean token : real) {
      count += token ? 1 : 0;
    }
    return count;
  }

  /** Real tokens of a group. */
  public int realTokens(int group) {
    int count = 0;
    for (int t = start(group); t < start(group + 1); t++) {
      if (real[t]) {
        count++;
      }
    }
    return count;
  }

  /** Global index of the first token at hand. */
  public long firstToken() {
    return firstSequence * length;
  }
}
