package io.sparkswitch.data.token;

import java.util.Arrays;

/**
 * Finds the pieces that begin at a position: nodes, and below each the nodes that a code point
 * leads to. An open-addressing table of (node, code point), so that a step costs one look at
 * memory.
 */
public final class PieceTrie {
  /** Where every piece begins. */
  public static final long ROOT = 0;

  /** No step leads there. */
  public static final long NONE = -1;

  /** A node where no piece ends has this one. */
  public static final int NO_PIECE = -1;

  private static final int CODE_BITS = 21;
  private static final long MIXER = 0x9E3779B97F4A7C15L;
  private static final long NODE = -1L << Integer.SIZE;

  /** Key and value of each entry: (node, code point) and (child node, its piece plus one). */
  private long[] table = new long[1 << 13];

  private long nodes = 1;

  public PieceTrie(WordTable words) {
    Arrays.fill(table, NONE);
    for (int piece = 0; piece < words.words(); piece++) {
      int slot = NO_PIECE;
      long node = ROOT;
      for (int at = words.starts()[piece]; at < words.starts()[piece + 1]; at++) {
        slot = childOrNew(node, words.codes()[at]);
        node = table[slot + 1];
      }
      if (slot != NO_PIECE) {
        table[slot + 1] = node & NODE | piece + 1;
      }
    }
  }

  /** The node below {@code node} along {@code code}, or {@link #NONE}. */
  public long child(long node, int code) {
    return table[slot(key(node, code)) + 1];
  }

  /** The piece that ends at {@code node}, or {@link #NO_PIECE}. */
  public static int piece(long node) {
    return (int) node - 1;
  }

  private static long key(long node, int code) {
    return node >>> Integer.SIZE << CODE_BITS | code;
  }

  private int childOrNew(long node, int code) {
    long key = key(node, code);
    int slot = slot(key);
    if (table[slot] != NONE) {
      return slot;
    }
    if (nodes * 4 > table.length) {
      grow();
      slot = slot(key);
    }
    table[slot] = key;
    table[slot + 1] = nodes++ << Integer.SIZE;
    return slot;
  }

  private void grow() {
    long[] old = table;
    table = new long[old.length * 2];
    Arrays.fill(table, NONE);
    for (int i = 0; i < old.length; i += 2) {
      if (old[i] != NONE) {
        int slot = slot(old[i]);
        table[slot] = old[i];
        table[slot + 1] = old[i + 1];
      }
    }
  }

  /** Where the key is, or would be: an even place. */
  private int slot(long key) {
    int mask = table.length - 2;
    int slot = (int) (key * MIXER >>> 31) & mask;
    while (table[slot] != NONE && table[slot] != key) {
      slot = slot + 2 & mask;
    }
    return slot;
  }
}
