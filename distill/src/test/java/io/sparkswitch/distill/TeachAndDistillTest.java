package io.sparkswitch.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.loss.DistillationLoss;
import io.sparkswitch.distill.loss.RemainderLoss;
import io.sparkswitch.distill.target.SoftTargets;
import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.distill.target.TargetValues;
import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.TeacherReading;
import io.sparkswitch.distill.target.store.QuickZstd;
import io.sparkswitch.distill.target.store.SoftTargetsReader;
import io.sparkswitch.distill.target.store.SoftTargetsWriter;
import io.sparkswitch.distill.target.store.StreamOrigin;
import io.sparkswitch.distill.target.store.StreamOrigin.Masks;
import io.sparkswitch.distill.target.store.TargetChunk;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.loss.Objective.Loss;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Draws;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.Precision;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A teacher's batch on its way through the store into a student's gradients. */
class TeachAndDistillTest {
  private static final int VOCAB = 64;
  private static final T5Config SWITCH =
      new T5Config(
          VOCAB,
          new Width(16, 32, 2, 8),
          2,
          2,
          new Conventions(FeedForwardKind.RELU, true, 8, 16, 1),
          Optional.of(
              SwitchConfig.feedForward(
                  2, SparseBlocks.every(2, 2, 2), RoutingRule.top1(Capacity.factor(2)), 0)));
  private static final TargetsOrigin ORIGIN =
      new TargetsOrigin(
          "teacher", "words", new StreamOrigin("data", 1, 3, "window 2", new Masks(7, 0.15, 3)));

  private static final TargetsSettings FULL = TargetsSettings.full(VOCAB, TargetValues.BFLOAT16);

  private final Configuration conf = QuickZstd.conf();

  @TempDir Path dir;

  @Test
  void storedTargetsTrainAStudentAsTheTeacherItselfDoes() throws IOException {
    Batch batch = batch();
    Inputs inputs = Inputs.of(batch, 0, 3, Grouping.of(0));
    try (PointerScope scope = new PointerScope();
        Exchange exchange = LocalExchange.group(1).get(0);
        T5Model teacher = model(SWITCH, 1);
        T5Model student = model(SWITCH.dense(), 2)) {
      store(read(teacher, exchange, batch, 0, 3, FULL));
      SoftTargetsReader reader = SoftTargetsReader.open(dir.toUri().toString(), conf);
      reader.manifest().requireMatch(ORIGIN);
      SoftTargetsBatch soft = SoftTargetsBatch.of(reader.rows(0, 0, batch), batch);

      float[] stored =
          gradients(
              student,
              inputs,
              exchange,
              new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT).objective(soft));
      float[] online =
          gradients(student, inputs, exchange, against(logits(teacher, inputs, exchange)));
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < stored.length; i++) {
        largest = Math.max(largest, Math.abs(online[i]));
        difference = Math.max(difference, Math.abs(online[i] - stored[i]));
      }
      assertThat(largest).isGreaterThan(0.01);
      assertThat(difference / largest).isCloseTo(0, within(0.005));
    }
  }

  /**
   * Dropless, without dropout and without jitter, nothing of a sequence's targets depends on its
   * neighbours but the order in which a product of matrices adds up.
   */
  @Test
  void aSequencesTargetsAreTheSameInAnyBatch() {
    TargetsSettings exact = TargetsSettings.full(VOCAB, TargetValues.FLOAT32);
    try (PointerScope scope = new PointerScope();
        Exchange exchange = LocalExchange.group(1).get(0);
        T5Model teacher = model(SWITCH, 1)) {
      List<SoftTargets> together = read(teacher, exchange, batch(), 0, 3, exact);
      int compared = 0;
      for (int i = 0; i < 3; i++) {
        SoftTargets alone = read(teacher, exchange, batch().slice(i, i + 1), 0, 1, exact).get(0);
        assertThat(alone.key()).isEqualTo(together.get(i).key());
        float[] expected = together.get(i).distributions().probabilities();
        float[] actual = alone.distributions().probabilities();
        assertThat(actual).hasSameSizeAs(expected);
        for (int p = 0; p < expected.length; p++) {
          assertThat(actual[p]).isCloseTo(expected[p], within(1e-6f));
          compared++;
        }
      }
      assertThat(compared).isEqualTo(11 * VOCAB);
    }
  }

  private static List<SoftTargets> read(
      T5Model teacher, Exchange exchange, Batch batch, int from, int to, TargetsSettings settings) {
    TeacherReading reading = new TeacherReading(0, from, 7, batch.slice(from, to), settings);
    Inputs inputs = Inputs.of(batch, from, to, Grouping.of(0));
    GradientStep.evaluate(teacher, inputs, pass(Tape.inference(), exchange), reading);
    return reading.rows();
  }

  private static Tensor logits(T5Model teacher, Inputs inputs, Exchange exchange) {
    try (NoGradGuard guard = new NoGradGuard()) {
      return teacher.forward(inputs, pass(Tape.inference(), exchange));
    }
  }

  /** The soft loss with the teacher at hand. */
  private static Objective against(Tensor teacher) {
    return (logits, labels, positions) -> {
      Tensor q = teacher.softmax(1).index_select(0, positions);
      Tensor p = logits.log_softmax(1);
      Tensor loss = q.mul(p).sum().neg();
      return new Loss(loss, loss.detach());
    };
  }

  private static float[] gradients(
      T5Model student, Inputs inputs, Exchange exchange, Objective objective) {
    student.dense().zeroGradients();
    GradientStep.train(student, inputs, pass(Tape.recording(), exchange), objective);
    return Tensors.toFloats(student.dense().gradients());
  }

  private void store(List<SoftTargets> rows) throws IOException {
    TargetsFolder folder = new TargetsFolder(dir.toUri().toString(), conf);
    try (SoftTargetsWriter writer = folder.writer(new TargetChunk(0, 1, 0, 0), FULL.kind())) {
      for (SoftTargets row : rows) {
        writer.write(row);
      }
      folder.commit(TargetsManifest.of(FULL, ORIGIN, List.of(writer.finish()), Map.of()));
    }
  }

  private static Pass pass(Tape tape, Exchange exchange) {
    return new Pass(
        tape,
        exchange,
        new Tag(0, 0, 0, 0, Direction.CONTROL),
        RoutingRule.dropless(),
        Draws.none(),
        new Observations());
  }

  private static T5Model model(T5Config config, long seed) {
    T5Model model = new T5Model(config, Precision.FLOAT32, 0, 1);
    model.dense().initialise(seed);
    model.experts().initialise(seed);
    return model;
  }

  /** Three sequences of 4, 3 and 4 targets. */
  private static Batch batch() {
    float[] weights = new float[12];
    Arrays.fill(weights, 1);
    weights[7] = 0;
    return new Batch(
        3,
        5,
        4,
        new int[] {9, 8, 63, 5, 1, 7, 63, 6, 1, 0, 33, 22, 63, 11, 1},
        new int[] {0, 63, 12, 13, 0, 63, 14, 0, 0, 63, 15, 16},
        new int[] {63, 12, 13, 1, 63, 14, 1, 0, 63, 15, 16, 1},
        weights,
        new long[] {4, 9, 2},
        new int[3]);
  }
}
