package io.sparkswitch.model.exchange;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What every rank must receive, computed in one place from what every rank sends. */
final class ExchangeTwin {
  private ExchangeTwin() {}

  /**
   * @param outgoing of each rank, {@code [sum(rows[source]), embed]}
   * @param rows rows[source][destination]
   */
  static List<Tensor> allToAll(List<Tensor> outgoing, int[][] rows) {
    List<Tensor> results = new ArrayList<>();
    for (int destination = 0; destination < rows.length; destination++) {
      TensorVector parts = new TensorVector();
      for (int source = 0; source < rows.length; source++) {
        long from = 0;
        for (int d = 0; d < destination; d++) {
          from += rows[source][d];
        }
        parts.push_back(outgoing.get(source).narrow(0, from, rows[source][destination]));
      }
      results.add(torch.cat(parts, 0));
    }
    return results;
  }

  static List<Tensor> reduceScatter(List<Tensor> vectors) {
    ScalarType dtype = vectors.get(0).scalar_type().intern();
    ScalarType sumType = dtype == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
    Tensor sum = vectors.get(0).to(sumType).clone();
    for (Tensor vector : vectors.subList(1, vectors.size())) {
      sum = sum.add(vector.to(sumType), new Scalar(1));
    }
    Tensor rounded = sum.to(dtype);
    List<Tensor> results = new ArrayList<>();
    for (int rank = 0; rank < vectors.size(); rank++) {
      long from = Exchange.sliceStart(sum.numel(), rank, vectors.size());
      long to = Exchange.sliceStart(sum.numel(), rank + 1, vectors.size());
      results.add(rounded.narrow(0, from, to - from));
    }
    return results;
  }

  static Tensor allGather(List<Tensor> slices) {
    TensorVector parts = new TensorVector();
    slices.forEach(parts::push_back);
    return torch.cat(parts, 0);
  }
}
