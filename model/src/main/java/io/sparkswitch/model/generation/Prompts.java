package io.sparkswitch.model.generation;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.Inputs;
import java.util.List;

/**
 * What the encoder reads.
 *
 * @param sources tokens of each prompt, its end included, without padding
 * @param first index of the first prompt, the key of its draws; the others follow
 */
public record Prompts(List<int[]> sources, long first) {
  public Prompts {
    sources = List.copyOf(sources);
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).length == 0) {
        throw new IllegalArgumentException(
            "prompt %d has no tokens, not even an end".formatted(first + i));
      }
    }
  }

  /** Prompts numbered from 0. */
  public static Prompts of(List<int[]> sources) {
    return new Prompts(sources, 0);
  }

  /** One padded batch. */
  Inputs inputs(Grouping grouping) {
    int n = sources.size();
    int longest = sources.stream().mapToInt(source -> source.length).max().orElse(1);
    int[] padded = new int[Math.multiplyExact(n, longest)];
    for (int i = 0; i < n; i++) {
      System.arraycopy(sources.get(i), 0, padded, i * longest, sources.get(i).length);
    }
    Batch batch =
        new Batch(
            n, longest, 1, padded, new int[n], new int[n], new float[n], new long[n], new int[n]);
    return Inputs.of(batch, 0, n, grouping);
  }
}
