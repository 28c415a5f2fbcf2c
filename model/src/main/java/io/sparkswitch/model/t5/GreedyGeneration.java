package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.T5Model.Encoded;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Greedy decoding of one sequence, dropless. */
public final class GreedyGeneration {
  private static final int PAD = 0;
  private static final int EOS = 1;

  private final T5Model model;
  private final Exchange exchange;
  private final int vocabularySize;
  private final RoutingRule rule;

  /**
   * @param vocabularySize ids from here up are rows of padding and never generated
   */
  public GreedyGeneration(T5Model model, Exchange exchange, int vocabularySize) {
    this(model, exchange, vocabularySize, model.config().training().inference(Capacity.dropless()));
  }

  /**
   * @param rule of the encoder; the decoder is dropless
   */
  GreedyGeneration(T5Model model, Exchange exchange, int vocabularySize, RoutingRule rule) {
    this.model = model;
    this.exchange = exchange;
    this.vocabularySize = vocabularySize;
    this.rule = rule;
  }

  /**
   * @param source encoder tokens, EOS included
   * @param maxTokens most tokens to generate
   * @return the generated tokens, without the start token and EOS
   */
  public int[] generate(int[] source, int maxTokens) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Pass pass = pass(model.config().training().inference(Capacity.dropless()));
      Inputs inputs = Inputs.of(singleton(source), 0, 1, Grouping.of(1));
      Encoded encoded = model.encode(inputs, pass(rule));
      int[] tokens = {PAD};
      while (tokens.length <= maxTokens) {
        int next = next(tokens, encoded, pass);
        if (next == EOS) {
          break;
        }
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = next;
      }
      return Arrays.copyOfRange(tokens, 1, tokens.length);
    }
  }

  private int next(int[] tokens, Encoded encoded, Pass pass) {
    int length = tokens.length;
    boolean[] real = new boolean[length];
    Arrays.fill(real, true);
    TokenGroups groups = new TokenGroups(1, length, 1, real, 0, length);
    Tensor hidden = model.decode(Tensors.indices(tokens, 1, length), encoded, pass, groups);
    Tensor last = hidden.view(length, -1).narrow(0, length - 1, 1); // [1, embed]
    float[] logits = Tensors.toFloats(model.logits(last));
    int best = 0;
    for (int id = 1; id < vocabularySize; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  private Pass pass(RoutingRule rule) {
    return Pass.inference(exchange, new Tag(0, 0, 0, 0, Direction.CONTROL), rule);
  }

  private static Batch singleton(int[] source) {
    return new Batch(
        1,
        source.length,
        1,
        source,
        new int[1],
        new int[] {EOS},
        new float[] {1},
        new long[1],
        new int[1]);
  }
}
