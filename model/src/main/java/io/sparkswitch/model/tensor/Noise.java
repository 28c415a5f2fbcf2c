package io.sparkswitch.model.tensor;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Random draws as pure functions of where they are used, never of a generator's history: the same
 * token draws the same numbers on any number of executors.
 *
 * @param seed the run's seed
 * @param step the training step
 */
public record Noise(long seed, long step) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * Uniform draws in [low, high); rounding can give {@code high} itself.
   *
   * @param layer global index of the layer
   * @param site what the draw is for
   * @param firstRow global index of the first row (a token or a sequence)
   * @param rows number of consecutive rows
   * @param columns draws a row
   * @return {@code <float>[rows, columns]}
   */
  public Tensor uniform(
      int layer, Site site, long firstRow, int rows, int columns, float low, float high) {
    long[] keys = new long[rows];
    Arrays.setAll(keys, r -> firstRow + r);
    return uniform(layer, site, keys, columns, low, high);
  }

  private Tensor uniform(int layer, Site site, long[] rows, int columns, float low, float high) {
    Tensor draws = Tensors.empty(ScalarType.Float, rows.length, columns);
    FloatBuffer buffer = Tensors.floats(draws);
    float[] row = new float[columns];
    float scale = (high - low) * 0x1p-24f;
    for (long key : rows) {
      fill(row, key(layer, site, key), low, scale);
      buffer.put(row);
    }
    return draws;
  }

  /**
   * Inverted dropout's factors: 0 with probability {@code rate}, else 1 / (1 - rate).
   *
   * @return {@code <float>[rows, columns]}
   */
  public Tensor dropout(int layer, Site site, long firstRow, int rows, int columns, double rate) {
    return factors(uniform(layer, site, firstRow, rows, columns, 0f, 1f), rate);
  }

  /**
   * Inverted dropout's factors of rows that do not follow one another.
   *
   * @param rows global index of each row
   * @return {@code <float>[rows, columns]}
   */
  public Tensor dropout(int layer, Site site, long[] rows, int columns, double rate) {
    return factors(uniform(layer, site, rows, columns, 0f, 1f), rate);
  }

  private static Tensor factors(Tensor uniform, double rate) {
    Tensor kept = torch.ge(uniform, Tensors.scalar(rate)).to(ScalarType.Float);
    return kept.mul_(Tensors.scalar(1 / (1 - rate)));
  }

  private long key(int layer, Site site, long row) {
    long key = mix(seed);
    key = mix(key ^ step);
    key = mix(key ^ (((long) layer << 8) | site.ordinal()));
    return mix(key ^ row);
  }

  /** 32-bit lanes only, so that the JIT vectorises the loop. */
  private static void fill(float[] row, long key, float low, float scale) {
    int a = (int) key;
    int b = (int) (key >>> 32);
    for (int c = 0; c < row.length; c++) {
      int h = a + c * 0x9E3779B9;
      h ^= h >>> 16;
      h *= 0x7FEB352D;
      h ^= b;
      h ^= h >>> 15;
      h *= 0x846CA68B;
      h ^= h >>> 16;
      row[c] = low + (h >>> 8) * scale;
    }
  }

  /** SplitMix64's output function. */
  public static long mix(long z) {
    z += GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** What a draw is for. The ordinal is part of the key: append only. */
  public enum Site {
    JITTER,
    EMBEDDING,
    ATTENTION_PROBABILITIES,
    ATTENTION_OUTPUT,
    CROSS_ATTENTION_PROBABILITIES,
    CROSS_ATTENTION_OUTPUT,
    FEED_FORWARD_HIDDEN,
    FEED_FORWARD_OUTPUT,
    STACK_OUTPUT,
    ROUTER_INPUT,
    ROUTER_CHOICE,
    EXPERT_HIDDEN,
    NEXT_TOKEN
  }
}
