package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.WordTable;

/**
 * Sorts the suffixes of all words, each compared up to its word's end and at most {@code maxLength}
 * code points, by three-way radix quicksort. Equal suffixes stay in no stated order.
 */
final class SuffixOrder {
  private static final int END = -1;

  private final int[] codes;
  private final int[] ends;
  private final int maxLength;
  private final int[] order;

  private SuffixOrder(WordTable words, int maxLength) {
    this.codes = words.codes();
    this.ends = new int[codes.length];
    this.maxLength = maxLength;
    this.order = new int[codes.length];
    for (int word = 0; word < words.words(); word++) {
      for (int at = words.starts()[word]; at < words.starts()[word + 1]; at++) {
        ends[at] = words.starts()[word + 1];
        order[at] = at;
      }
    }
  }

  /** Positions in {@code words.codes()}, sorted by the suffixes that begin there. */
  static int[] of(WordTable words, int maxLength) {
    SuffixOrder suffixes = new SuffixOrder(words, maxLength);
    suffixes.sort(0, suffixes.order.length, 0);
    return suffixes.order;
  }

  private int code(int suffix, int depth) {
    int at = suffix + depth;
    return depth < maxLength && at < ends[suffix] ? codes[at] : END;
  }

  private void sort(int from, int to, int depth) {
    int low = from;
    int high = to;
    while (high - low > 1) {
      int pivot = code(order[(low + high) >>> 1], depth);
      int less = low;
      int more = high;
      int at = low;
      while (at < more) {
        int code = code(order[at], depth);
        if (code < pivot) {
          swap(less++, at++);
        } else if (code > pivot) {
          swap(at, --more);
        } else {
          at++;
        }
      }
      if (pivot != END) {
        sort(less, more, depth + 1);
      }
      // Recursion takes the smaller side, the loop the larger: the stack stays logarithmic.
      if (less - low < high - more) {
        sort(low, less, depth);
        low = more;
      } else {
        sort(more, high, depth);
        high = less;
      }
    }
  }

  private void swap(int a, int b) {
    int kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }
}
