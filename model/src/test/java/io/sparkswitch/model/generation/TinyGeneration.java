package io.sparkswitch.model.generation;

import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.t5.ExpertSites;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.t5.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** A tiny model, and prompts of different lengths. */
record TinyGeneration(T5Model model, LocalExchange exchange) implements AutoCloseable {

  /** What the tests go over. */
  enum Kind {
    DENSE,
    SWITCH,
    SWITCH_ATTENTION
  }

  static TinyGeneration of(Kind kind) {
    SwitchConfig sparse = TinyModel.sparse(4, 1.0, 0, 0, 1);
    SwitchConfig attention =
        new SwitchConfig(
            4, sparse.blocks(), ExpertSites.BOTH, sparse.training(), sparse.grouping());
    T5Config config =
        TinyModel.config(
            TinyModel.conventions(T5Config.FeedForwardKind.GATED_GELU),
            kind == Kind.DENSE ? null : kind == Kind.SWITCH ? sparse : attention);
    return new TinyGeneration(
        TinyModel.model(config, Precision.FLOAT64, 0, 1), LocalExchange.group(1).get(0));
  }

  static int[] source(int prompt) {
    SplittableRandom random = new SplittableRandom(100L + prompt);
    return random.ints(random.nextInt(3, 9), 1, TinyModel.VOCAB).toArray();
  }

  static Prompts prompts(int count) {
    return Prompts.of(IntStream.range(0, count).mapToObj(TinyGeneration::source).toList());
  }

  List<int[]> generate(Prompts prompts, GenerationSettings settings) {
    return new Generator(model, exchange).generate(prompts, settings);
  }

  /** Each prompt in a batch of its own. */
  List<int[]> generateOneByOne(Prompts prompts, GenerationSettings settings) {
    List<int[]> all = new ArrayList<>();
    for (int i = 0; i < prompts.sources().size(); i++) {
      Prompts alone = new Prompts(List.of(prompts.sources().get(i)), prompts.first() + i);
      all.addAll(generate(alone, settings));
    }
    return all;
  }

  FullPasses fullPasses(AllowedTokens allowed) {
    return new FullPasses(model, exchange, allowed);
  }

  @Override
  public void close() {
    exchange.close();
    model.close();
  }
}
