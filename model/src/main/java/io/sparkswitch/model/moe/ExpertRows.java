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
  private final long outputs;
  private long embed;

  /**
   * @param experts a walk through each; none where there are more ranks than experts
   * @param rows of each, in this order
   * @param outputs width of what an expert returns
   */
  ExpertRows(List<Section> experts, int[] rows, long outputs) {
    this.experts = experts;
    this.rows = rows;
    this.outputs = outputs;
  }

  @Override
  public Tensor forward(Tensor x, Saved saved) {
    embed = x.size(1);
    if (rows.length == 0) {
      return Tensors.zeros(x.scalar_type(), 0, outputs);
    }
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
    if (rows.length == 0) {
      return Tensors.zeros(gradient.scalar_type(), 0, embed);
    }
    List<Tensor> parts = new ArrayList<>();
    long start = 0;
    for (int e = 0; e < rows.length; e++) {
      parts.add(experts.get(e).backward(gradient.narrow(0, start, rows[e])));
      start += rows[e];
    }
    return Tensors.concatenate(parts.toArray(Tensor[]::new), 0);
  }
}
