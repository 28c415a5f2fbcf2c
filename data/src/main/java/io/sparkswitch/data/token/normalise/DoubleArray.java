package io.sparkswitch.data.token.normalise;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * A trie of byte strings with a number each, in the array layout of Darts-clone, which
 * SentencePiece keeps its character maps in. A unit holds the byte that leads to it, whether a
 * string ends below it, and the distance (an exclusive or) to where its children lie; the child of
 * byte 0 holds the number.
 */
final class DoubleArray {
  /** Marks a unit that holds a number; no byte leads to a unit with it. */
  static final int NUMBER = 1 << 31;

  static final int STRING_ENDS = 1 << 8;
  static final int WIDE_OFFSET = 1 << 9;
  static final int OFFSET_SHIFT = 10;

  /** Result of {@link #longestPrefix} where no string is a prefix. */
  static final long NONE = -1;

  private static final int LABEL = NUMBER | 0xFF;
  private static final int WIDE_SHIFT = 8;

  private final int[] units;

  DoubleArray(int[] units) {
    this.units = units;
  }

  /**
   * The longest string that {@code text} holds at {@code from}.
   *
   * @return its length shifted left by 32, plus its number; or {@link #NONE}
   */
  long longestPrefix(byte[] text, int from) {
    long longest = NONE;
    int node = offset(units[0]);
    for (int at = from; at < text.length; at++) {
      int code = text[at] & 0xFF;
      node ^= code;
      if (node >= units.length || (units[node] & LABEL) != code) {
        break;
      }
      int unit = units[node];
      node ^= offset(unit);
      if ((unit & STRING_ENDS) != 0 && node < units.length) {
        longest = (long) (at + 1 - from) << Integer.SIZE | units[node] & ~NUMBER;
      }
    }
    return longest;
  }

  /** Whether a string of several bytes holds this one. */
  boolean holdsWithin(byte wanted) {
    BitSet seen = new BitSet(units.length);
    Deque<Integer> open = new ArrayDeque<>();
    int root = offset(units[0]);
    open.add(root);
    while (!open.isEmpty()) {
      int node = open.remove();
      for (int code = 1; code <= 0xFF; code++) {
        int child = node ^ code;
        if (child >= units.length || (units[child] & LABEL) != code) {
          continue;
        }
        int below = child ^ offset(units[child]);
        boolean isWanted = code == (wanted & 0xFF);
        if (isWanted && (node != root || hasChild(below))) {
          return true;
        }
        if (!seen.get(below)) {
          seen.set(below);
          open.add(below);
        }
      }
    }
    return false;
  }

  /** Whether a string consists of bytes in [first, last] alone. */
  boolean holdsOnly(byte first, byte last) {
    Deque<Integer> open = new ArrayDeque<>(List.of(offset(units[0])));
    while (!open.isEmpty()) {
      int node = open.remove();
      for (int code = first; code <= last; code++) {
        int child = node ^ code;
        if (child < units.length && (units[child] & LABEL) == code) {
          if ((units[child] & STRING_ENDS) != 0) {
            return true;
          }
          open.add(child ^ offset(units[child]));
        }
      }
    }
    return false;
  }

  private boolean hasChild(int node) {
    for (int code = 1; code <= 0xFF; code++) {
      if ((node ^ code) < units.length && (units[node ^ code] & LABEL) == code) {
        return true;
      }
    }
    return false;
  }

  private static int offset(int unit) {
    int offset = unit >>> OFFSET_SHIFT;
    return (unit & WIDE_OFFSET) == 0 ? offset : offset << WIDE_SHIFT;
  }
}
