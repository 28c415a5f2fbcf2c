package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Updates parameters from their gradients. What it does to one parameter depends on that parameter
 * alone, so the same numbers come out wherever it lives.
 *
 * <p>Concurrency: one thread.
 */
public interface Optimizer extends AutoCloseable {

  /**
   * Updates every parameter from its gradient; gradients are left as they are.
   *
   * @param t number of this update, from 1
   * @param learningRate of this update; what it is relative to is the optimizer's affair
   */
  void step(long t, double learningRate);

  /** What it remembers between steps, by name, to be saved; writing into the tensors restores. */
  Map<String, Tensor> state();

  /** Entries that an optimizer of these parameters works in, beside its state. */
  static long scratch(List<ParameterSpec> specs) {
    return 2 * Scratch.widest(specs);
  }

  @Override
  void close();
}
