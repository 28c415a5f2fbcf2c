package io.sparkswitch.data.batch.order;

/**
 * Random numbers that are a pure function of a key: SplitMix64, written out so that no release of
 * Java can change a batch. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", 2014.
 */
public final class Draws {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long state;

  /** Draws for the given parts of a key; their order matters. */
  public Draws(long... key) {
    this.state = key(key);
  }

  /** One number from several; each bit of each part matters. */
  public static long key(long... parts) {
    long key = GOLDEN;
    for (long part : parts) {
      key = mix((key + GOLDEN) ^ mix(part + GOLDEN));
    }
    return key;
  }

  long next() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, bound), without bias. */
  public int below(int bound) {
    // Lemire's method: the high word of a product, redrawn where the low one is uneven.
    long product = (next() >>> 32) * bound;
    long low = product & 0xffffffffL;
    if (low < bound) {
      long uneven = (1L << 32) % bound;
      while (low < uneven) {
        product = (next() >>> 32) * bound;
        low = product & 0xffffffffL;
      }
    }
    return (int) (product >>> 32);
  }

  /** A permutation of [0, size). */
  public int[] permutation(int size) {
    int[] order = new int[size];
    for (int i = 1; i < size; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
