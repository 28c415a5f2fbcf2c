package io.sparkswitch.jobs;

import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Blocks;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sparse blocks as the configuration spells them, the same in both stacks.
 *
 * @param every length of a group of blocks
 * @param offset which of a group is sparse, counted from 0
 */
record ExpertPattern(int every, int offset) {

  /** The pattern of these blocks, the last of each group if possible; empty if there is none. */
  static Optional<ExpertPattern> of(Blocks blocks, Sizes sizes) {
    int deepest = Math.max(sizes.numLayers(), sizes.numDecoderLayers());
    return IntStream.rangeClosed(1, deepest)
        .boxed()
        .flatMap(
            every ->
                IntStream.range(0, every)
                    .mapToObj(back -> new ExpertPattern(every, every - 1 - back)))
        .filter(pattern -> pattern.blocks(sizes).equals(blocks))
        .min((a, b) -> Boolean.compare(b.isLast(), a.isLast()));
  }

  boolean isLast() {
    return offset == every - 1;
  }

  Blocks blocks(Sizes sizes) {
    return new Blocks(
        IntStream.range(0, sizes.numLayers()).filter(this::isSparse).boxed().toList(),
        IntStream.range(0, sizes.numDecoderLayers()).filter(this::isSparse).boxed().toList());
  }

  private boolean isSparse(int block) {
    return block % every == offset;
  }
}
