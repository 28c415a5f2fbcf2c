package io.sparkswitch.data.batch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From which part of a mixture each sequence comes, as arithmetic: a few phases of equal blocks,
 * which end where a part reaches its cap, and in each block a permutation of (seed, block). Not
 * thread-safe.
 */
final class MixturePlan {
  private static final int BLOCKS_REMEMBERED = 2;
  private static final long ENDLESS = Long.MAX_VALUE;

  private final Mixture mixture;
  private final long[] limits;
  private final long seed;
  private final List<Phase> phases = new ArrayList<>();
  private final RecentlyUsed<Long, Block> blocks;
  private final long sequences;

  /**
   * @param sizes segments of each part, in the mixture's order
   */
  MixturePlan(Mixture mixture, long[] sizes, long seed) {
    requireInEachBlock(mixture);
    this.mixture = mixture;
    this.limits = limits(mixture, sizes);
    this.seed = seed;
    this.blocks = new RecentlyUsed<>(BLOCKS_REMEMBERED, this::block);
    this.sequences = addPhases();
  }

  /** A sequence as the k-th, from 0, of a part. */
  record Slot(int part, long k) {}

  /**
   * Blocks with equal counts.
   *
   * @param firstBlock number of its first block
   * @param used sequences of each part before it
   * @param counts sequences of each part in each of its blocks
   */
  private record Phase(long firstBlock, long[] used, int[] counts) {}

  /**
   * @param parts the part of each slot
   * @param ranks how many slots before it are of the same part
   */
  private record Block(Phase phase, int[] parts, int[] ranks) {}

  /** Number of sequences until all parts are at their caps; {@link Long#MAX_VALUE} if never. */
  long sequences() {
    return sequences;
  }

  Slot at(long sequence) {
    if (sequence < 0 || sequence >= sequences) {
      throw new IndexOutOfBoundsException(
          "sequence %d of a mixture of %d".formatted(sequence, sequences));
    }
    long number = sequence / mixture.blockSequences();
    int slot = (int) (sequence % mixture.blockSequences());
    Block block = blocks.at(number);
    int part = block.parts()[slot];
    return new Slot(part, usedBefore(block.phase(), number, part) + block.ranks()[slot]);
  }

  /** How many of the first sequences come from a part. */
  long used(int part, long firstSequences) {
    if (firstSequences == sequences) {
      return limits[part];
    }
    long number = firstSequences / mixture.blockSequences();
    int slots = (int) (firstSequences % mixture.blockSequences());
    Block block = blocks.at(number);
    long used = usedBefore(block.phase(), number, part);
    for (int slot = 0; slot < slots; slot++) {
      used += block.parts()[slot] == part ? 1 : 0;
    }
    return used;
  }

  /** The parts that end, in the order of their ends. */
  List<Capping> cappings() {
    List<Capping> cappings = new ArrayList<>();
    for (int i = 1; i <= phases.size(); i++) {
      boolean last = i == phases.size();
      if (last && sequences == ENDLESS) {
        break;
      }
      long[] used = last ? limits : phases.get(i).used();
      long end = last ? sequences : phases.get(i).firstBlock() * mixture.blockSequences();
      for (int p = 0; p < limits.length; p++) {
        if (used[p] == limits[p] && phases.get(i - 1).used()[p] < limits[p]) {
          MixturePart part = mixture.parts().get(p);
          cappings.add(new Capping(part.name(), part.maxEpochs(), end));
        }
      }
    }
    return cappings;
  }

  private static long usedBefore(Phase phase, long block, int part) {
    return phase.used()[part] + (block - phase.firstBlock()) * phase.counts()[part];
  }

  /** Fills {@code phases} and tells where they end. */
  private long addPhases() {
    double[] weights = mixture.parts().stream().mapToDouble(MixturePart::weight).toArray();
    long[] used = new long[limits.length];
    long block = 0;
    while (true) {
      long[] left = new long[limits.length];
      Arrays.setAll(left, p -> limits[p] == ENDLESS ? ENDLESS : limits[p] - used[p]);
      int[] counts = Apportionment.of(mixture.blockSequences(), weights, left);
      int size = Arrays.stream(counts).sum();
      if (size == 0) {
        return block * mixture.blockSequences();
      }
      phases.add(new Phase(block, used.clone(), counts));
      long repeats = repeats(left, counts);
      if (repeats == ENDLESS) {
        return ENDLESS;
      }
      if (size < mixture.blockSequences()) {
        return block * mixture.blockSequences() + size;
      }
      for (int p = 0; p < used.length; p++) {
        used[p] += repeats * counts[p];
      }
      block += repeats;
    }
  }

  private static long repeats(long[] left, int[] counts) {
    long repeats = ENDLESS;
    for (int p = 0; p < left.length; p++) {
      if (counts[p] > 0 && left[p] != ENDLESS) {
        repeats = Math.min(repeats, left[p] / counts[p]);
      }
    }
    return repeats;
  }

  private Block block(long number) {
    Phase phase = phaseOf(number);
    int[] counts = phase.counts();
    int[] sorted = new int[Arrays.stream(counts).sum()];
    int at = 0;
    for (int p = 0; p < counts.length; p++) {
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
    return new Block(phase, parts, ranks);
  }

  private Phase phaseOf(long block) {
    int phase = phases.size() - 1;
    while (phases.get(phase).firstBlock() > block) {
      phase--;
    }
    return phases.get(phase);
  }

  private static long[] limits(Mixture mixture, long[] sizes) {
    long[] limits = new long[sizes.length];
    for (int p = 0; p < limits.length; p++) {
      MixturePart part = mixture.parts().get(p);
      limits[p] = part.capped() ? Math.multiplyExact(sizes[p], part.maxEpochs()) : ENDLESS;
    }
    return limits;
  }

  private static void requireInEachBlock(Mixture mixture) {
    for (MixturePart part : mixture.parts()) {
      double share = part.weight() / mixture.totalWeight();
      if (share * mixture.blockSequences() < 1) {
        throw new IllegalArgumentException(
            "part %s has a share of %.3g, less than one sequence in a block of %d: raise its weight or make blocks of at least %.0f"
                .formatted(
                    part.name(), share, mixture.blockSequences(), StrictMath.ceil(1 / share)));
      }
    }
  }
}
