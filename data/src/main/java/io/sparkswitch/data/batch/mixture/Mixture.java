package io.sparkswitch.data.batch.mixture;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * In which proportions a stream is drawn from named parts. Each block of consecutive sequences
 * holds exactly its count of each part, so that the place of any sequence is arithmetic.
 *
 * @param parts by name, in ascending order
 * @param blockSequences sequences of a block: counts differ from the shares by less than one
 *     sequence a block
 */
public record Mixture(List<MixturePart> parts, int blockSequences) {
  /** Sequences of a block, unless told otherwise. */
  public static final int BLOCK_SEQUENCES = 10_000;

  public Mixture {
    parts = parts.stream().sorted(Comparator.comparing(MixturePart::name)).toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a mixture of no parts: name at least one");
    }
    Set<String> names = new HashSet<>();
    for (MixturePart part : parts) {
      if (!names.add(part.name())) {
        throw new IllegalArgumentException(
            "part %s is in the mixture twice: add its weights".formatted(part.name()));
      }
    }
    if (blockSequences < 1) {
      throw new IllegalArgumentException(
          "mixture in blocks of %d sequences: at least 1 is needed".formatted(blockSequences));
    }
  }

  /** Parts by weights, which need not sum to 1. */
  public static Mixture ofWeights(Map<String, Double> weights) {
    List<MixturePart> parts =
        weights.entrySet().stream()
            .map(e -> new MixturePart(e.getKey(), e.getValue(), MixturePart.UNCAPPED))
            .toList();
    return new Mixture(parts, BLOCK_SEQUENCES);
  }

  /** Parts by the rate of their sizes; parts of size 0 are left out. */
  public static Mixture bySizes(Map<String, Long> sizes, MixingRate rate) {
    List<MixturePart> parts =
        sizes.entrySet().stream()
            .filter(e -> e.getValue() > 0)
            .map(e -> new MixturePart(e.getKey(), rate.of(e.getValue()), MixturePart.UNCAPPED))
            .toList();
    return new Mixture(parts, BLOCK_SEQUENCES);
  }

  /**
   * Parts by size to a power, below 1 in favour of small ones. Source: Xue et al., "mT5", 2021,
   * section 3.1, with 0.3.
   */
  public static Mixture byExponent(Map<String, Long> sizes, double alpha) {
    return bySizes(sizes, MixingRate.ofExponent(alpha));
  }

  /**
   * The same with no part repeated more often than that; what it leaves is shared by the others.
   */
  public Mixture atMost(int epochs) {
    return withParts(part -> new MixturePart(part.name(), part.weight(), epochs));
  }

  /** The same with one part repeated no more often than that. */
  public Mixture atMost(String name, int epochs) {
    indexOf(name);
    return withParts(
        part -> part.name().equals(name) ? new MixturePart(name, part.weight(), epochs) : part);
  }

  /** The same in blocks of another size. */
  public Mixture inBlocksOf(int sequences) {
    return new Mixture(parts, sequences);
  }

  /** The share of a part before any part reaches its cap, in (0, 1]. */
  public double share(String name) {
    return parts.get(indexOf(name)).weight() / totalWeight();
  }

  public List<String> names() {
    return parts.stream().map(MixturePart::name).toList();
  }

  double totalWeight() {
    double total = 0;
    for (MixturePart part : parts) {
      total += part.weight();
    }
    return total;
  }

  private int indexOf(String name) {
    int index = names().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "no part %s in a mixture of %s".formatted(name, String.join(", ", names())));
    }
    return index;
  }

  private Mixture withParts(UnaryOperator<MixturePart> change) {
    return new Mixture(parts.stream().map(change).toList(), blockSequences);
  }
}
