package io.sparkswitch.model.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * One walk through a part of a model whose backward is written by hand: each instance walks once.
 * Autograd is off in both directions.
 */
public interface Section {

  /**
   * @param saved keeps what backward needs
   * @return a new tensor, not what an in-place operation returned
   */
  Tensor forward(Tensor x, Saved saved);

  /**
   * Adds the gradients of parameters, and of whatever else was used, where they live.
   *
   * @param gradient of what forward returned; not to be overwritten
   * @return the gradient of {@code x}, a new tensor
   */
  Tensor backward(Tensor gradient);
}
