package io.sparkswitch.model.moe;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What a pass tells of itself: metrics of the sparse layers, and whatever a subclass looks at. */
public class Observations {
  private final List<LayerMetrics> metrics = new ArrayList<>();

  /** What the sparse layers did, in the order of the pass. */
  public List<LayerMetrics> metrics() {
    return metrics;
  }

  /** A sparse layer has decided. */
  public void routed(Routing routing) {
    metrics.add(routing.metrics());
  }

  /**
   * A value of the residual stream.
   *
   * @param place such as {@code encoder.0}, the input of that block, or {@code encoder}, the
   *     stack's output
   * @param x {@code <float>[batch, length, embed]}
   */
  public void hidden(String place, Tensor x) {}

  /**
   * Rows on their way between a layer and its experts.
   *
   * @param place such as {@code encoder.1}
   * @param rows {@code <float>[rows sent, embed]}
   */
  public void sent(String place, Tensor rows) {}
}
