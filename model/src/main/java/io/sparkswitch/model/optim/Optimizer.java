package io.sparkswitch.model.optim;

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

  @Override
  void close();
}
