package io.sparkswitch.model.checkpoint;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Which blocks of a stack are sparse in Hugging Face's SwitchTransformers: every step-th, from
 * block 1; all with step 1, none with step 0.
 */
final class SparseStep {
  private SparseStep() {}

  static List<Integer> blocks(int step, int layers) {
    return IntStream.range(0, layers)
        .filter(i -> step == 1 || (step > 1 && i % step == 1))
        .boxed()
        .toList();
  }

  /** The step whose blocks these are; empty if there is none. */
  static OptionalInt of(List<Integer> blocks, int layers) {
    return IntStream.rangeClosed(0, layers)
        .filter(step -> blocks(step, layers).equals(blocks))
        .findFirst();
  }
}
