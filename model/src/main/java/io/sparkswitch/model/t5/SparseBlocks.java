package io.sparkswitch.model.t5;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which blocks have experts, counted from 0.
 *
 * @param encoder ascending
 * @param decoder ascending
 */
public record SparseBlocks(List<Integer> encoder, List<Integer> decoder) {
  public SparseBlocks {
    encoder = ascending(encoder);
    decoder = ascending(decoder);
  }

  /** The last of every {@code n} blocks: 1, 3, 5 … for 2. */
  public static SparseBlocks every(int n, int encoderLayers, int decoderLayers) {
    return new SparseBlocks(lastOfEach(n, encoderLayers), lastOfEach(n, decoderLayers));
  }

  private static List<Integer> lastOfEach(int n, int layers) {
    if (n < 1) {
      throw new IllegalArgumentException(
          "every how many blocks are sparse is %d, must be at least 1".formatted(n));
    }
    return IntStream.range(0, layers).filter(i -> i % n == n - 1).boxed().toList();
  }

  public List<Integer> of(StackKind stack) {
    return stack == StackKind.ENCODER ? encoder : decoder;
  }

  private static List<Integer> ascending(List<Integer> blocks) {
    TreeSet<Integer> sorted = new TreeSet<>(blocks);
    if (sorted.size() != blocks.size() || (!sorted.isEmpty() && sorted.first() < 0)) {
      throw new IllegalArgumentException(
          "sparse blocks %s, must be different and at least 0".formatted(blocks));
    }
    return List.copyOf(sorted);
  }
}
