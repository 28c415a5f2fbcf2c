package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.optim.Adafactor;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.Parameters;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the driver holds: the whole dense vector and its optimizer's state. */
final class DenseModel implements AutoCloseable {
  private final Parameters parameters;
  private final Adafactor optimizer;

  DenseModel(T5Config architecture, RunConfig config) {
    this.parameters = new Parameters(T5Parameters.dense(architecture), ScalarType.Float);
    this.optimizer = new Adafactor(parameters, Architecture.adafactor(config.optimizer()));
  }

  Parameters parameters() {
    return parameters;
  }

  boolean hasFiniteGradients() {
    try (PointerScope scope = new PointerScope()) {
      return Double.isFinite(parameters.gradients().norm().item_double());
    }
  }

  /** Update number {@code step + 1}. */
  void update(long step, double learningRate) {
    optimizer.step(step + 1, learningRate);
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
