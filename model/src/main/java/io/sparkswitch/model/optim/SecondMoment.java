package io.sparkswitch.model.optim;

import org.bytedeco.pytorch.Tensor;

/** Running average of one parameter's squared gradients, v. */
interface SecondMoment {

  /**
   * Moves the average, v ← β₂ · v + (1 − β₂) · (gradient² + ε₁).
   *
   * @param gradient in the parameter's shape
   * @return the update that the new average makes of the gradient; valid within the caller's scope
   */
  Update absorb(Tensor gradient, double beta2);

  /** A gradient divided by the root of its second moment, u = gradient / √v. */
  interface Update {

    /** Σ u². */
    double sumOfSquares();

    /** target ← target + factor · u. */
    void addTo(Tensor target, double factor);
  }
}
