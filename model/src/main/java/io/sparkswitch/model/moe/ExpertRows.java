package io.sparkswitch.model.moe;

import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Section;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** One walk of rows through this rank's experts, each computing its own, one after another. */
final class ExpertRows implements Section {
  private final List<Section> experts;
  private final int[] rows;

  /**
   * @param experts a walk through each
   * @param rows of each, in this order
   */
  ExpertRows(List<Section> experts, int[] rows) {
    this.experts = experts;
    this.rows = rows;
  }

  @Override
  public Tensor forward(Tensor x, Saved saved) {
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (int e = 0; e < rows.length; e++) {
      parts.add(experts.get(e).forward(x.narrow(0, start, rows[e]), saved));
      start += rows[e];
    }
    return Tensors.concatenate(parts.toArray(Tensor[]::new), 0);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (int e = 0; e < rows.length; e++) {
      parts.add(experts.get(e).backward(gradient.narrow(0, start, rows[e])));
      start += rows[e];
    }
    return Tensors.concatenate(parts.toArray(Tensor[]::new), 0);
  }
}
