package io.sparkswitch.model.generation;

import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Draws each row's token from its {@link Nucleus}.
 *
 * @param method p, temperature and seed
 * @param first index of the first prompt
 * @param count prompts in all
 */
record TopPSampling(DecodingMethod.TopP method, long first, int count) implements NextToken {

  @Override
  public int[] choose(Tensor logits, int[] prompts, int position) {
    float[] draws =
        Tensors.toFloats(
            new Noise(method.seed(), position)
                .uniform(0, Site.NEXT_TOKEN, first, count, 1, 0f, 1f));
    Tensor scores = logits.div(Tensors.scalar(method.temperature()));
    float[] probabilities = Tensors.toFloats(torch.softmax(scores, -1)); // [rows, size]
    int size = probabilities.length / prompts.length;
    int[] tokens = new int[prompts.length];
    Arrays.setAll(
        tokens,
        row -> {
          float[] own = Arrays.copyOfRange(probabilities, row * size, (row + 1) * size);
          return Nucleus.of(own, method.p()).at(draws[prompts[row]]);
        });
    return tokens;
  }
}
