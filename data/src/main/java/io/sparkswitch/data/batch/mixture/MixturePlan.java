package io.sparkswitch.data.batch.mixture;

import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.batch.order.RecentlyUsed;
import java.util.Arrays;
import java.util.List;

/**
 * From which part of a mixture each sequence comes, as arithmetic: equal blocks in a few phases,
 * and in each block a permutation of (seed, block). Not thread-safe.
 */
public final class MixturePlan {
  private static final int BLOCKS_REMEMBERED = 2;

  private final int blockSequences;
  private final long seed;
  private final MixturePhases phases;
  private final RecentlyUsed<Long, Block> blocks;

  /**
   * @param sizes segments of each part, in the mixture's order
   */
  public MixturePlan(Mixture mixture, long[] sizes, long seed) {
    this.blockSequences = mixture.blockSequences();
    this.seed = seed;
    this.phases = new MixturePhases(mixture, sizes);
    this.blocks = new RecentlyUsed<>(BLOCKS_REMEMBERED, this::block);
  }

  /** A sequence as the k-th, from 0, of a part. */
  record Slot(int part, long k) {}

  /**
   * A block.
   *
   * @param used sequences of each part before it
   * @param parts the part of each slot
   * @param ranks how many slots before it are of the same part
   */
  private record Block(long[] used, int[] parts, int[] ranks) {}

  /** Number of sequences until all parts are at their caps; {@link Long#MAX_VALUE} if never. */
  public long sequences() {
    return phases.sequences();
  }

  Slot at(long sequence) {
    if (sequence < 0 || sequence >= sequences()) {
      throw new IndexOutOfBoundsException(
          "sequence %d of a mixture of %d".formatted(sequence, sequences()));
    }
    Block block = blocks.at(sequence / blockSequences);
    int slot = (int) (sequence % blockSequences);
    int part = block.parts()[slot];
    return new Slot(part, block.used()[part] + block.ranks()[slot]);
  }

  /** How many of the first sequences come from a part. */
  public long used(int part, long firstSequences) {
    if (firstSequences == sequences()) {
      return phases.limit(part);
    }
    Block block = blocks.at(firstSequences / blockSequences);
    int slots = (int) (firstSequences % blockSequences);
    long used = block.used()[part];
    for (int slot = 0; slot < slots; slot++) {
      used += block.parts()[slot] == part ? 1 : 0;
    }
    return used;
  }

  /** The parts that end, in the order of their ends. */
  public List<Capping> cappings() {
    return phases.cappings();
  }

  private Block block(long number) {
    MixturePhases.Phase phase = phases.of(number);
    int[] counts = phase.counts();
    int[] sorted = new int[Arrays.stream(counts).sum()];
    long[] used = new long[counts.length];
    int at = 0;
    for (int p = 0; p < counts.length; p++) {
      used[p] = phase.usedBefore(number, p);
      Arrays.fill(sorted, at, at + counts[p], p);
      at += counts[p];
    }
    int[] permutation = new Draws(seed, number).permutation(sorted.length);
    int[] parts = new int[sorted.length];
    int[] ranks = new int[sorted.length];
    int[] seen = new int[counts.length];
    for (int slot = 0; slot < parts.length; slot++) {
      parts[slot] = sorted[permutation[slot]];
      ranks[slot] = seen[parts[slot]]++;
    }
    return new Block(used, parts, ranks);
  }
}
