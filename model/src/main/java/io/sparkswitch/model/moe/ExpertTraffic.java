package io.sparkswitch.model.moe;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Exchange.Counted;
import io.sparkswitch.model.exchange.Exchange.Rows;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final List<Tensor> arrived;

  private ExpertTraffic(Pass pass, int layer, int[] sendRows, int[] rowsPerExpert, Counted came) {
    this.pass = pass;
    this.layer = layer;
    this.sendRows = sendRows;
    this.receiveRows = Arrays.stream(came.counts()).mapToInt(row -> sum(row)).toArray();
    this.rowsPerExpert = rowsPerExpert;
    int[] order = byExpertThenRank(came.counts(), receiveRows, rowsPerExpert.length);
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    this.grouping = Tensors.indices(order, order.length);
    this.ungrouping = Tensors.indices(inverse, inverse.length);
    this.arrived = came.rows().stream().map(this::grouped).toList();
  }

  /**
   * Sends rows to the ranks of their experts, and receives those for this rank's; a rank without
   * tokens takes part all the same.
   *
   * @param expertCounts rows for each expert
   * @param rows {@code <float>[rows sent, embed]}, by expert; without autograd
   * @param tokens global index of each row's token, where experts ask for it; null where not
   */
  static ExpertTraffic dispatch(
      Pass pass, int layer, int[] expertCounts, Tensor rows, long[] tokens) {
    Exchange exchange = pass.exchange();
    int size = exchange.size();
    ExpertPlacement placement = new ExpertPlacement(expertCounts.length, size);
    int[][] counts = new int[size][(expertCounts.length + size - 1) / size];
    int[] sendRows = new int[size];
    for (int rank = 0; rank < size; rank++) {
      System.arraycopy(expertCounts, placement.first(rank), counts[rank], 0, placement.count(rank));
      sendRows[rank] = sum(counts[rank]);
    }
    List<Rows> outgoing = new ArrayList<>();
    outgoing.add(new Rows(pass.tag(layer, Direction.DISPATCH), rows.contiguous()));
    if (tokens != null) {
      Tensor indices = Tensors.longs(tokens, tokens.length, 1);
      outgoing.add(new Rows(pass.tag(layer, Direction.TOKEN_INDEX), indices));
    }
    Counted came = exchanged(pass, layer, counts, outgoing);
    int[] rowsPerExpert = new int[placement.count(exchange.rank())];
    for (int[] row : came.counts()) {
      Arrays.setAll(rowsPerExpert, e -> rowsPerExpert[e] + row[e]);
    }
    return new ExpertTraffic(pass, layer, sendRows, rowsPerExpert, came);
  }

  /** One rank alone keeps its rows where they are. */
  private static Counted exchanged(Pass pass, int layer, int[][] counts, List<Rows> outgoing) {
    Tag tag = pass.tag(layer, Direction.ROUTE_COUNTS);
    if (pass.exchange().size() == 1) {
      int[][] told = pass.exchange().allToAllCounted(tag, counts).counts();
      return new Counted(told, outgoing.stream().map(Rows::rows).toList());
    }
    return pass.exchange().allToAllCounted(tag, counts, outgoing.toArray(Rows[]::new));
  }

  private static int sum(int[] counts) {
    return Arrays.stream(counts).sum();
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

  /** What the local experts compute: {@code <float>[rows received, embed]}, by expert. */
  Tensor arrived() {
    return arrived.get(0);
  }

  /** Global index of the token of each row that arrived; null where none was sent. */
  long[] origins() {
    return arrived.size() == 1 ? null : Tensors.toLongs(arrived.get(1));
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
    return grouped(
        pass.exchange()
            .allToAll(pass.tag(layer, direction), rows.contiguous(), sendRows, receiveRows));
  }

  private Tensor grouped(Tensor rows) {
    return pass.exchange().size() == 1 ? rows : rows.index_select(0, grouping);
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
