package io.sparkswitch.model.t5;

import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What is computed how precisely (paper section 2.4). Parameters, their gradients and the loss are
 * float32 in all but {@link #FLOAT64}.
 */
public enum Precision {
  /** To show that two ways of computing a step agree. */
  FLOAT64(ScalarType.Double, ScalarType.Double, ScalarType.Double),
  FLOAT32(ScalarType.Float, ScalarType.Float, ScalarType.Float),
  /** Everything in bfloat16, the router too. */
  BFLOAT16(ScalarType.Float, ScalarType.BFloat16, ScalarType.BFloat16),
  /** The router in float32; what it receives, and what is dispatched and combined, in bfloat16. */
  SELECTIVE(ScalarType.Float, ScalarType.BFloat16, ScalarType.Float);

  private final ScalarType parameters;
  private final ScalarType activations;
  private final ScalarType router;

  Precision(ScalarType parameters, ScalarType activations, ScalarType router) {
    this.parameters = parameters;
    this.activations = activations;
    this.router = router;
  }

  public ScalarType parameters() {
    return parameters;
  }

  /** Bytes of a parameter, of its gradient, and of each number its optimizer remembers. */
  public long parameterBytes() {
    return bytes(parameters);
  }

  /** Bytes of one entry of an activation. */
  public long activationBytes() {
    return bytes(activations);
  }

  /** Known without the natives, which planning does without. */
  private static long bytes(ScalarType dtype) {
    return switch (dtype) {
      case Double -> Double.BYTES;
      case Float -> Float.BYTES;
      case BFloat16 -> Short.BYTES;
      default -> throw new IllegalArgumentException("no precision computes in " + dtype);
    };
  }

  public ScalarType activations() {
    return activations;
  }

  public ScalarType router() {
    return router;
  }
}
