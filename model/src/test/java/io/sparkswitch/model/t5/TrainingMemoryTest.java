package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.ChildJvm;
import io.sparkswitch.model.tensor.ChildJvm.Ending;
import io.sparkswitch.model.tensor.Natives;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.TapeOptions;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Resident memory of processes that train. */
class TrainingMemoryTest {
  private static final Conventions CONVENTIONS =
      new Conventions(FeedForwardKind.RELU, true, 32, 128, 1);

  /** Steps of one model on batches of any shape. */
  private static final class Trainer implements AutoCloseable {
    private final Recipe recipe;
    private final Activations activations;
    private final T5Model model;
    private final LocalExchange exchange = LocalExchange.group(1).get(0);

    Trainer(T5Config config, double dropout, Activations activations) {
      this.recipe = new Recipe("", config, dropout, dropout, TinyModel.CROSS_ENTROPY);
      this.activations = activations;
      this.model = TinyModel.model(config, Precision.FLOAT32, 0, 1);
    }

    void step(Batch batch) {
      try (PointerScope scope = new PointerScope()) {
        model.dense().zeroGradients();
        model.experts().zeroGradients();
        Tape tape = Tape.recording(TapeOptions.of(activations));
        Pass pass = recipe.pass(tape, exchange, 0, new Observations());
        Inputs inputs = Inputs.of(batch, 0, batch.sequences(), recipe.config().grouping());
        GradientStep.train(model, inputs, pass, recipe.objective());
      }
    }

    @Override
    public void close() {
      model.close();
      exchange.close();
    }
  }

  private static final T5Config DENSE =
      new T5Config(1024, new Width(256, 1024, 4, 64), 2, 2, CONVENTIONS, Optional.empty());

  /** Prints how far one step of 4 × 256 tokens exceeds what was resident before. */
  static final class Step {
    public static void main(String[] arguments) {
      Natives.load();
      try (Trainer trainer = new Trainer(DENSE, 0, Activations.valueOf(arguments[0]))) {
        Batch batch = TinyModel.batch(4, 256, 256, 1024, 2);
        trainer.step(batch); // scratch of the libraries stays
        long before = ChildJvm.resident();
        ChildJvm.resetPeak();
        trainer.step(batch);
        System.out.println("activations " + (ChildJvm.peak() - before));
      }
    }
  }

  @Test
  void recomputationHalvesTheMemoryOfActivations() throws Exception {
    long kept = activations(Activations.KEPT);
    long recomputed = activations(Activations.RECOMPUTED);
    assertThat(recomputed).isBetween(1L << 20, kept / 2);
    assertThat(kept).as("kept").isBetween(atMost(Activations.KEPT) / 2, atMost(Activations.KEPT));
    assertThat(recomputed)
        .as("recomputed")
        .isBetween(atMost(Activations.RECOMPUTED) / 3, atMost(Activations.RECOMPUTED));
  }

  private static long atMost(Activations activations) {
    ActivationMemory.Rows none = new ActivationMemory.Rows(0, 0);
    return new ActivationMemory(DENSE, new ActivationMemory.Mode(4, false, false, activations))
        .atMost(new ActivationMemory.Pass(4, 256, 256, none, none));
  }

  private static long activations(Activations activations) throws Exception {
    Ending ending =
        ChildJvm.of(Step.class)
            .givingMemoryBack()
            .options("-Xmx128m", "-Xms128m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1")
            .run(120, activations.name());
    assertThat(ending.exitCode()).as("%s", ending.lines()).isZero();
    return ending.number("activations");
  }

  /** A thousand steps on batches of any length; prints what is resident now and then. */
  static final class Steps {
    public static void main(String[] arguments) {
      Natives.load();
      SwitchConfig sparse = TinyModel.sparse(8, 1.25, 0.01, 0.01, 0);
      T5Config config =
          new T5Config(512, new Width(64, 256, 4, 16), 2, 2, CONVENTIONS, Optional.of(sparse));
      SplittableRandom random = new SplittableRandom(1);
      try (Trainer trainer = new Trainer(config, 0.1, Activations.valueOf(arguments[0]))) {
        for (int step = 1; step <= 1000; step++) {
          int source = step == 1 ? 128 : random.nextInt(8, 129);
          int target = step == 1 ? 64 : random.nextInt(8, 65);
          Batch batch = TinyModel.batch(8, source, target, 512, step);
          trainer.step(batch);
          if (step % 100 == 0) {
            System.out.printf("step%d %d%n", step, ChildJvm.resident());
          }
        }
      }
    }
  }

  @Test
  @Tag("long")
  void aThousandStepsOfVaryingLengthsHoldNoMoreThanAHundredDid() throws Exception {
    for (Activations activations : Activations.values()) {
      Ending ending =
          ChildJvm.of(Steps.class)
              .asLaunched()
              .options("-Xmx128m", "-Xms128m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1")
              .run(600, activations.name());
      assertThat(ending.exitCode()).as("%s", ending.lines()).isZero();
      assertThat((double) ending.number("step1000"))
          .as("%s", ending.lines())
          .isLessThanOrEqualTo(1.02 * ending.number("step100"));
    }
  }
}
