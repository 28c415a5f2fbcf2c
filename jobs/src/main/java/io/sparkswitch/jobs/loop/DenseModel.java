package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.optim.SumOfSquares;
import io.sparkswitch.model.t5.SparseLayers;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.pytorch.Tensor;

/** What the driver holds: the whole dense vector and its optimizer's state. */
final class DenseModel implements AutoCloseable {
  private final Parameters parameters;
  private final Optimizer optimizer;
  private final LayerSums layers;

  DenseModel(T5Config architecture, RunConfig config) {
    this.parameters =
        new Parameters(
            T5Parameters.dense(architecture), Architecture.precision(config).parameters());
    this.optimizer = Architecture.optimizer(config.optimizer(), parameters);
    this.layers = new LayerSums(SparseLayers.of(architecture));
  }

  Parameters parameters() {
    return parameters;
  }

  /** Of the experts, which it does not hold, but hears of. */
  LayerSums layers() {
    return layers;
  }

  /** Sum of the squares of the gradients, each parameter once; not finite where one is not. */
  double gradientSquares() {
    return SumOfSquares.ofGradients(parameters);
  }

  /** Update number {@code step + 1}. */
  void update(long step, Verdict verdict) {
    if (verdict.clips()) {
      parameters.scaleGradients(verdict.clipScale());
    }
    optimizer.step(step + 1, verdict.learningRate());
  }

  Map<String, Tensor> tensors() {
    return ModelTensors.of(parameters, optimizer.state());
  }

  void load(Committed checkpoint, Configuration hadoop) throws IOException {
    ModelTensors.read(checkpoint, hadoop, parameters, optimizer.state());
  }

  @Override
  public void close() {
    optimizer.close();
    parameters.close();
  }
}
