package io.sparkswitch.data.batch.mixture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The phases of a mixture: in each, all blocks have equal counts; a part at its cap ends one. */
final class MixturePhases {
  static final long ENDLESS = Long.MAX_VALUE;

  private final Mixture mixture;
  private final long[] limits;
  private final List<Phase> phases = new ArrayList<>();
  private final long sequences;

  /**
   * @param sizes segments of each part, in the mixture's order
   */
  MixturePhases(Mixture mixture, long[] sizes) {
    requireInEachBlock(mixture);
    this.mixture = mixture;
    this.limits = new long[sizes.length];
    for (int p = 0; p < limits.length; p++) {
      MixturePart part = mixture.parts().get(p);
      limits[p] = part.capped() ? Math.multiplyExact(sizes[p], part.maxEpochs()) : ENDLESS;
    }
    this.sequences = addPhases();
  }

  /**
   * Blocks with equal counts.
   *
   * @param firstBlock number of its first block
   * @param used sequences of each part before it
   * @param counts sequences of each part in each of its blocks
   */
  record Phase(long firstBlock, long[] used, int[] counts) {
    long usedBefore(long block, int part) {
      return used[part] + (block - firstBlock) * counts[part];
    }
  }

  /** Number of sequences until all parts are at their caps; {@link #ENDLESS} if never. */
  long sequences() {
    return sequences;
  }

  /** Sequences that a part may give in all; {@link #ENDLESS} for any number. */
  long limit(int part) {
    return limits[part];
  }

  Phase of(long block) {
    int phase = phases.size() - 1;
    while (phases.get(phase).firstBlock() > block) {
      phase--;
    }
    return phases.get(phase);
  }

  /** The parts that end, in the order of their ends. */
  List<Capping> cappings() {
    List<Capping> cappings = new ArrayList<>();
    for (int i = 1; i < phases.size(); i++) {
      Phase phase = phases.get(i);
      long end = phase.firstBlock() * mixture.blockSequences();
      addCappings(phases.get(i - 1), phase.used(), end, cappings);
    }
    if (sequences != ENDLESS) {
      addCappings(phases.get(phases.size() - 1), limits, sequences, cappings);
    }
    return cappings;
  }

  private void addCappings(Phase phase, long[] usedAfter, long end, List<Capping> cappings) {
    for (int p = 0; p < limits.length; p++) {
      if (usedAfter[p] == limits[p] && phase.used()[p] < limits[p]) {
        MixturePart part = mixture.parts().get(p);
        cappings.add(new Capping(part.name(), part.maxEpochs(), end));
      }
    }
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

  private static void requireInEachBlock(Mixture mixture) {
    for (MixturePart part : mixture.parts()) {
      double share = mixture.share(part.name());
      if (share * mixture.blockSequences() < 1) {
        throw new IllegalArgumentException(
            "part %s has a share of %.3g, less than one sequence in a block of %d: raise its weight or make blocks of at least %.0f"
                .formatted(
                    part.name(), share, mixture.blockSequences(), StrictMath.ceil(1 / share)));
      }
    }
  }
}
