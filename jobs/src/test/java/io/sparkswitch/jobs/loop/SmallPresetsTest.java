package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.Presets;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class SmallPresetsTest {
  private static final long SMALL = 30_000_000;

  @Test
  void aStepOfEverySmallPresetLowersItsLoss() {
    List<String> trained = new ArrayList<>();
    for (String name : Presets.names()) {
      RunConfig config = ConfigLoader.load(Optional.empty(), List.of("preset=" + name));
      int rows = new VocabularySpec(config.vocab().pieces(), "planned").rows();
      T5Config architecture = Architecture.of(config, rows);
      if (architecture.parameters() < SMALL) {
        train(name, config, architecture);
        trained.add(name);
      }
    }
    assertThat(trained).contains("nano", "nano-switch", "mini", "mini-switch");
  }

  private static void train(String name, RunConfig config, T5Config architecture) {
    try (PointerScope scope = new PointerScope();
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model = new T5Model(architecture, Architecture.precision(config), 0, 1);
        Optimizer dense = Architecture.optimizer(config.optimizer(), model.dense());
        Optimizer experts = Architecture.optimizer(config.optimizer(), model.experts())) {
      model.dense().initialise(1);
      model.experts().initialise(1);
      Batch batch = batch(architecture.vocab());
      Inputs inputs = Inputs.of(batch, 0, batch.sequences(), architecture.grouping());
      double before = step(config, model, inputs, exchange);
      dense.step(1, 0.01);
      experts.step(1, 0.01);
      double after = step(config, model, inputs, exchange);

      assertThat(before / batch.targetTokens())
          .as("first loss of %s", name)
          .isBetween(Math.log(architecture.vocab()) - 1, Math.log(architecture.vocab()) + 2);
      assertThat(after).as("loss of %s after a step", name).isLessThan(before);
    }
  }

  /** Cross-entropy in nats, with the gradients added to the model's. */
  private static double step(
      RunConfig config, T5Model model, Inputs inputs, LocalExchange exchange) {
    Pass pass =
        new Pass(
            Tape.recording(),
            exchange,
            new Tag(0, 0, 0, 0, Direction.CONTROL),
            model.config().training(),
            new Draws(
                new Noise(1, 0), config.model().dropoutRate(), config.model().expertDropoutRate()),
            new Observations());
    return GradientStep.train(model, inputs, pass, Objectives.hard(config)).crossEntropy();
  }

  private static Batch batch(int vocab) {
    int sequences = 8;
    int inputs = 16;
    int targets = 6;
    SplittableRandom random = new SplittableRandom(5);
    int[] labels = random.ints((long) sequences * targets, 3, vocab).toArray();
    float[] weights = new float[labels.length];
    Arrays.fill(weights, 1);
    return new Batch(
        sequences,
        inputs,
        targets,
        random.ints((long) sequences * inputs, 3, vocab).toArray(),
        random.ints((long) sequences * targets, 3, vocab).toArray(),
        labels,
        weights,
        new long[sequences],
        new int[sequences]);
  }
}
