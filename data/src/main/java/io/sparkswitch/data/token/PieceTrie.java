package io.sparkswitch.data.token;

import java.util.Arrays;

/** Finds the pieces that begin at a position; an open-addressing table of (node, code point). */
final class PieceTrie {
  static final int ROOT = 0;
  static final int NONE = -1;
  private static final long EMPTY = -1;
  private static final int CODE_BITS = 21;
  private static final long MIXER = 0x9E3779B97F4A7C15L;

  private long[] keys = new long[1 << 12];
  private int[] children = new int[1 << 12];
  private int nodes = 1;
  private int[] pieces = new int[1 << 12];

  PieceTrie(WordTable table) {
    Arrays.fill(keys, EMPTY);
    Arrays.fill(pieces, NONE);
    for (int piece = 0; piece < table.words(); piece++) {
      int node = ROOT;
      for (int at = table.starts()[piece]; at < table.starts()[piece + 1]; at++) {
        node = childOrNew(node, table.codes()[at]);
      }
      pieces[node] = piece;
    }
  }

  /** The node below {@code node} along {@code code}, or {@link #NONE}. */
  int child(int node, int code) {
    int slot = slot((long) node << CODE_BITS | code);
    return keys[slot] == EMPTY ? NONE : children[slot];
  }

  /** The piece that ends at {@code node}, or {@link #NONE}. */
  int piece(int node) {
    return pieces[node];
  }

  private int childOrNew(int node, int code) {
    long key = (long) node << CODE_BITS | code;
    int slot = slot(key);
    if (keys[slot] != EMPTY) {
      return children[slot];
    }
    if (nodes * 2 > keys.length) {
      grow();
      slot = slot(key);
    }
    keys[slot] = key;
    children[slot] = nodes;
    return nodes++;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldChildren = children;
    keys = new long[oldKeys.length * 2];
    children = new int[oldKeys.length * 2];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        children[slot] = oldChildren[i];
      }
    }
    int filled = pieces.length;
    pieces = Arrays.copyOf(pieces, keys.length);
    Arrays.fill(pieces, filled, pieces.length, NONE);
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) (key * MIXER >>> 32) & mask;
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
