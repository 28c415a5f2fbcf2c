package io.sparkswitch.model.generation;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Doubles;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The slow way to the next token: a forward pass over one prompt and the whole prefix. */
record FullPasses(T5Model model, Exchange exchange, AllowedTokens allowed) {

  /** {@code [allowed.size]}: log-probabilities after the prefix, -inf at what is not allowed. */
  double[] logProbabilities(int[] source, int[] prefix) {
    double[] scores = scores(source, prefix);
    double[] logProbabilities = new double[allowed.size()];
    double sum = 0;
    for (int id = 0; id < logProbabilities.length; id++) {
      sum += allowed.never().contains(id) ? 0 : Math.exp(scores[id]);
    }
    for (int id = 0; id < logProbabilities.length; id++) {
      boolean never = allowed.never().contains(id);
      logProbabilities[id] = never ? Double.NEGATIVE_INFINITY : scores[id] - Math.log(sum);
    }
    return logProbabilities;
  }

  private double[] scores(int[] source, int[] prefix) {
    int length = prefix.length + 1;
    int[] shifted = new int[length];
    System.arraycopy(prefix, 0, shifted, 1, prefix.length);
    float[] weights = new float[length];
    Arrays.fill(weights, 1);
    Batch batch =
        new Batch(
            1,
            source.length,
            length,
            source,
            shifted,
            new int[length],
            weights,
            new long[1],
            new int[1]);
    RoutingRule rule = model.config().training().inference(Capacity.dropless());
    Pass pass = Pass.inference(exchange, new Tag(0, 0, 0, 0, Direction.CONTROL), rule);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      Tensor logits = model.forward(Inputs.of(batch, 0, 1, Grouping.of(1)), pass);
      return Doubles.of(logits.narrow(0, prefix.length, 1));
    }
  }

  /** The most probable token; of equal ones that of the lower id. */
  int best(int[] source, int[] prefix) {
    double[] scores = logProbabilities(source, prefix);
    int best = 0;
    for (int id = 1; id < scores.length; id++) {
      best = scores[id] > scores[best] ? id : best;
    }
    return best;
  }
}
