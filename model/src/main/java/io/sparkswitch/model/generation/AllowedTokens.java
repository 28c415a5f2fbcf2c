package io.sparkswitch.model.generation;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The ids that may be generated. Probabilities are those of the model given that no other id
 * follows.
 *
 * @param size ids from here up are never generated: surplus rows of the embedding
 * @param never ids below {@code size} that are never generated either
 */
public record AllowedTokens(int size, List<Integer> never) {
  public AllowedTokens {
    never = never.stream().distinct().sorted().toList();
    for (int id : never) {
      if (id < 0 || id >= size) {
        throw new IllegalArgumentException(
            "id %d, never to be generated, is outside [0, %d)".formatted(id, size));
      }
    }
    if (size <= never.size()) {
      throw new IllegalArgumentException(
          "none of %d ids may be generated: allow at least one".formatted(size));
    }
  }

  /** All ids below {@code size} but the pad. */
  public static AllowedTokens butPad(int size) {
    return new AllowedTokens(size, List.of(VocabularySpec.PAD));
  }

  /** All ids below {@code size}. */
  public static AllowedTokens all(int size) {
    return new AllowedTokens(size, List.of());
  }

  /**
   * @param logits {@code <float>[rows, vocab]}
   * @return {@code <float>[rows, size]}: -inf at what is never generated
   */
  Tensor of(Tensor logits) {
    if (logits.size(1) < size) {
      throw new IllegalArgumentException(
          "%d ids allowed, but the model scores %d".formatted(size, logits.size(1)));
    }
    Tensor allowed = logits.narrow(1, 0, size);
    if (never.isEmpty()) {
      return allowed;
    }
    int[] ids = never.stream().mapToInt(id -> id).toArray();
    return allowed.index_fill(
        1, Tensors.indices(ids, ids.length), Tensors.scalar(Double.NEGATIVE_INFINITY));
  }
}
