package io.sparkswitch.model.t5;

/**
 * Floating point operations of a forward pass: 2·m·n·k of every matrix product. With top-1 routing
 * a token visits one expert, so a Switch model costs what its dense twin costs, and its routers.
 */
public final class GemmFlops {
  private GemmFlops() {}

  /** Of one sequence with {@code encoderLength} inputs and {@code decoderLength} targets. */
  public static long forward(T5Config config, int encoderLength, int decoderLength) {
    return StepFlops.of(config, Work.full(config, 1, encoderLength, decoderLength)).forward();
  }
}
