package io.sparkswitch.model.generation;

import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/** Chooses one token a row. */
@FunctionalInterface
interface NextToken {
  /** The most probable one; of equal ones that of the lower id. */
  NextToken GREEDY =
      (logits, prompts, position) -> Tensors.toInts(logits.argmax(new LongOptional(1), false));

  /**
   * @param logits {@code <float>[rows, size]}
   * @param prompts {@code [rows]}: the prompt of each row, counted from 0
   * @param position of the token, from 0
   * @return {@code [rows]}
   */
  int[] choose(Tensor logits, int[] prompts, int position);
}
