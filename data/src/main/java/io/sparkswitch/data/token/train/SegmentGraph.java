package io.sparkswitch.data.token.train;

import io.sparkswitch.data.token.PieceTrie;
import io.sparkswitch.data.token.WordTable;
import java.util.Arrays;

/**
 * For each position of each word, the pieces that begin there. Built once from the seeds; pieces
 * only ever leave.
 */
final class SegmentGraph {
  private final WordTable words;
  private final int[] edgeStarts;
  private int[] pieces = new int[1 << 12];
  private byte[] lengths = new byte[1 << 12];

  SegmentGraph(WordTable words, PieceTrie trie) {
    this.words = words;
    this.edgeStarts = new int[words.codes().length + 1];
    int edges = 0;
    for (int word = 0; word < words.words(); word++) {
      int end = words.starts()[word + 1];
      for (int from = words.starts()[word]; from < end; from++) {
        edgeStarts[from] = edges;
        long node = PieceTrie.ROOT;
        for (int at = from; at < end; at++) {
          node = trie.child(node, words.codes()[at]);
          if (node == PieceTrie.NONE) {
            break;
          }
          if (PieceTrie.piece(node) != PieceTrie.NO_PIECE) {
            reserve(edges);
            pieces[edges] = PieceTrie.piece(node);
            lengths[edges++] = (byte) (at - from + 1);
          }
        }
      }
    }
    edgeStarts[words.codes().length] = edges;
  }

  WordTable words() {
    return words;
  }

  /** Edges of position p are {@code [edgeStart(p), edgeStart(p + 1))}. */
  int edgeStart(int position) {
    return edgeStarts[position];
  }

  int piece(int edge) {
    return pieces[edge];
  }

  int length(int edge) {
    return lengths[edge];
  }

  /** Drops the edges of pieces that left. */
  void retain(boolean[] alive) {
    int kept = 0;
    int edge = 0;
    for (int position = 0; position < words.codes().length; position++) {
      int end = edgeStarts[position + 1];
      edgeStarts[position] = kept;
      for (; edge < end; edge++) {
        if (alive[pieces[edge]]) {
          pieces[kept] = pieces[edge];
          lengths[kept++] = lengths[edge];
        }
      }
    }
    edgeStarts[words.codes().length] = kept;
  }

  private void reserve(int edges) {
    if (edges == pieces.length) {
      int larger = Math.toIntExact(edges + (edges >> 1) + 1L);
      pieces = Arrays.copyOf(pieces, larger);
      lengths = Arrays.copyOf(lengths, larger);
    }
  }
}
