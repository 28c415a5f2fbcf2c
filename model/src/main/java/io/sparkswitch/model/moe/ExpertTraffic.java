package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The four movements of one sparse layer's rows: dispatch and combine, and their gradients. Rows
 * leave in the order of the experts; experts see theirs in the order of the global batch.
 */
final class ExpertTraffic {
  private final Pass pass;
  private final int layer;
  private final int[] sendRows;
  private final int[] receiveRows;
  private final int[] rowsPerExpert;
  private final Tensor grouping;
  private final Tensor ungrouping;

  private ExpertTraffic(
      Pass pass, int layer, int[] sendRows, int[] receiveRows, int[] rowsPerExpert, int[] order) {
    this.pass = pass;
    this.layer = layer;
    this.sendRows = sendRows;
    this.receiveRows = receiveRows;
    this.rowsPerExpert = rowsPerExpert;
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    this.grouping = Tensors.indices(order, order.length);
    this.ungrouping = Tensors.indices(inverse, inverse.length);
  }

  /** Tells every rank how many rows to expect; a rank without tokens takes part all the same. */
  static ExpertTraffic plan(Pass pass, int layer, int[] expertCounts) {
    Exchange exchange = pass.exchange();
    int size = exchange.size();
    ExpertPlacement placement = new ExpertPlacement(expertCounts.length, size);
    int widest = (expertCounts.length + size - 1) / size;
    int[][] outgoing = new int[size][widest];
    int[] sendRows = new int[size];
    for (int rank = 0; rank < size; rank++) {
      for (int e = 0; e < placement.count(rank); e++) {
        outgoing[rank][e] = expertCounts[placement.first(rank) + e];
        sendRows[rank] += outgoing[rank][e];
      }
    }
    int[][] incoming = exchange.exchangeCounts(pass.tag(layer, Direction.ROUTE_COUNTS), outgoing);
    int local = placement.count(exchange.rank());
    int[] receiveRows = new int[size];
    int[] rowsPerExpert = new int[local];
    for (int rank = 0; rank < size; rank++) {
      for (int e = 0; e < local; e++) {
        receiveRows[rank] += incoming[rank][e];
        rowsPerExpert[e] += incoming[rank][e];
      }
    }
    int[] order = byExpertThenRank(incoming, receiveRows, local);
    return new ExpertTraffic(pass, layer, sendRows, receiveRows, rowsPerExpert, order);
  }

  /** From (rank, expert) order of arrival to (expert, rank) order. */
  private static int[] byExpertThenRank(int[][] incoming, int[] receiveRows, int local) {
    int total = 0;
    int[] start = new int[incoming.length];
    for (int rank = 0; rank < incoming.length; rank++) {
      start[rank] = total;
      total += receiveRows[rank];
    }
    int[] order = new int[total];
    int i = 0;
    for (int e = 0; e < local; e++) {
      for (int rank = 0; rank < incoming.length; rank++) {
        for (int n = 0; n < incoming[rank][e]; n++) {
          order[i++] = start[rank]++;
        }
      }
    }
    return order;
  }

  /** Rows of each local expert. */
  int[] rowsPerExpert() {
    return rowsPerExpert;
  }

  /**
   * Tells the experts' ranks whose rows they received.
   *
   * @param tokens global index of each outgoing row's token
   * @return the same of each row that arrived, in the order of the experts
   */
  long[] origins(long[] tokens) {
    Tensor sent = Tensors.longs(tokens, tokens.length, 1);
    return Tensors.toLongs(out(sent, Direction.TOKEN_INDEX));
  }

  Tensor dispatch(Tensor rows) {
    return out(rows, Direction.DISPATCH);
  }

  Tensor combine(Tensor rows) {
    return back(rows, Direction.COMBINE);
  }

  Tensor combineGradient(Tensor gradient) {
    return out(gradient, Direction.COMBINE_GRADIENT);
  }

  Tensor dispatchGradient(Tensor gradient) {
    return back(gradient, Direction.DISPATCH_GRADIENT);
  }

  /** From the tokens' rank to the experts'. */
  private Tensor out(Tensor rows, Direction direction) {
    if (pass.exchange().size() == 1) {
      return rows;
    }
    return pass.exchange()
        .allToAll(pass.tag(layer, direction), rows.contiguous(), sendRows, receiveRows)
        .index_select(0, grouping);
  }

  /** From the experts' rank to the tokens'. */
  private Tensor back(Tensor rows, Direction direction) {
    if (pass.exchange().size() == 1) {
      return rows;
    }
    return pass.exchange()
        .allToAll(
            pass.tag(layer, direction), rows.index_select(0, ungrouping), receiveRows, sendRows);
  }
}
