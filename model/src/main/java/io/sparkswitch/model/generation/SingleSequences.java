package io.sparkswitch.model.generation;

import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.t5.IncrementalDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;

/** One sequence a prompt, one token a step; those that have ended leave the batch. */
final class SingleSequences {
  private final IncrementalDecoder decoder;
  private final GenerationSettings settings;
  private final NextToken choice;
  private final int[][] tokens;
  private final int[] lengths;

  SingleSequences(IncrementalDecoder decoder, GenerationSettings settings, NextToken choice) {
    this.decoder = decoder;
    this.settings = settings;
    this.choice = choice;
    this.tokens = new int[decoder.rows()][settings.maxTokens()];
    this.lengths = new int[decoder.rows()];
  }

  List<int[]> run() {
    int[] prompts = IntStream.range(0, tokens.length).toArray();
    int[] last = new int[tokens.length]; // pad is the start token
    for (int position = 0; prompts.length > 0; position++) {
      int[] next = step(last, prompts, position);
      int[] going = going(next, prompts);
      if (position + 1 == settings.maxTokens()) {
        break;
      }
      decoder.select(going);
      last = pick(next, going);
      prompts = pick(prompts, going);
    }
    return IntStream.range(0, tokens.length)
        .mapToObj(i -> Arrays.copyOf(tokens[i], lengths[i]))
        .toList();
  }

  private int[] step(int[] last, int[] prompts, int position) {
    try (PointerScope scope = new PointerScope()) {
      return choice.choose(settings.allowed().of(decoder.logits(last)), prompts, position);
    }
  }

  /** Notes the new tokens; the rows that have not ended. */
  private int[] going(int[] next, int[] prompts) {
    int[] going =
        IntStream.range(0, next.length).filter(row -> next[row] != VocabularySpec.EOS).toArray();
    for (int row : going) {
      int prompt = prompts[row];
      tokens[prompt][lengths[prompt]++] = next[row];
    }
    return going;
  }

  private static int[] pick(int[] values, int[] rows) {
    return Arrays.stream(rows).map(row -> values[row]).toArray();
  }
}
