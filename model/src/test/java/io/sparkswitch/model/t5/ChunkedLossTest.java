package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Phase;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChunkedLossTest {
  private static final int POSITIONS = 17;
  private static final int EMBED = 6;
  private static final int VOCAB = 11;
  private static final double WEIGHT = 1 / 9.0;

  /**
   * @param rows in memory at once
   * @param targets positions with a target; the others are padding
   * @param scale of the input, as of a tied output
   */
  record Case(int rows, int targets, double scale, double zLoss) {
    int[] positions() {
      return new SplittableRandom(5)
          .ints(0, POSITIONS)
          .distinct()
          .limit(targets)
          .sorted()
          .toArray();
    }

    int[] labels() {
      return new SplittableRandom(6).ints(targets, 0, VOCAB).toArray();
    }
  }

  /** What the loss is, and the gradients of {@code WEIGHT} times what is minimised. */
  record Outcome(double crossEntropy, double[] hidden, double[] weight) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int rows : new int[] {1, 2, 3, 5, POSITIONS, 1000}) {
      for (int targets : new int[] {0, 1, 10, POSITIONS}) {
        for (double scale : new double[] {1, 1 / Math.sqrt(EMBED)}) {
          for (double zLoss : new double[] {0, 0.3}) {
            cases.add(new Case(rows, targets, scale, zLoss));
          }
        }
      }
    }
    return cases.stream();
  }

  private PointerScope scope;
  private Parameters parameters;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    ParameterSpec spec =
        new ParameterSpec("w", new long[] {VOCAB, EMBED}, Initialiser.normal(1), "w");
    parameters = new Parameters(List.of(spec), ScalarType.Double);
    parameters.initialise(2);
  }

  @AfterEach
  void close() {
    parameters.close();
    scope.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientsEqualThoseOfOnePlainGraph(Case c) {
    Outcome twin = plain(c);
    assertSame(twin, chunked(c, new CrossEntropy(c.zLoss)));
    assertThat(Doubles.largest(twin.weight) > 0).isEqualTo(c.targets > 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anObjectiveThatLeavesItsGradientToAutogradGivesTheSame(Case c) {
    CrossEntropy objective = new CrossEntropy(c.zLoss);
    Objective byAutograd = objective::loss;
    assertSame(plain(c), chunked(c, byAutograd));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anEvaluationReportsTheSameLoss(Case c) {
    double loss = loss(c, new CrossEntropy(c.zLoss)).evaluate(hidden(), targets(c));
    assertThat(loss).isCloseTo(plain(c).crossEntropy, within(1e-12));
  }

  @Test
  void theReportedLossNeverContainsTheOutputZLoss() {
    Case quiet = new Case(3, 10, 1, 0);
    Case loud = new Case(3, 10, 1, 5);
    Outcome without = chunked(quiet, new CrossEntropy(0));
    Outcome with = chunked(loud, new CrossEntropy(5));
    assertThat(with.crossEntropy).isEqualTo(without.crossEntropy);
    assertThat(loss(loud, new CrossEntropy(5)).evaluate(hidden(), targets(loud)))
        .isCloseTo(without.crossEntropy, within(1e-12));
    assertThat(Doubles.distance(with.weight, without.weight)).as("it is minimised").isPositive();
  }

  @Test
  void gradientsAddUpOverParts() {
    Case c = new Case(3, 10, 0.5, 0.1);
    Outcome once = chunked(c, new CrossEntropy(0.1));
    parameters.zeroGradients();
    run(c, new CrossEntropy(0.1));
    double[] twice = run(c, new CrossEntropy(0.1)).weight;
    for (int i = 0; i < twice.length; i++) {
      assertThat(twice[i]).isCloseTo(2 * once.weight[i], within(1e-12));
    }
  }

  private static void assertSame(Outcome expected, Outcome actual) {
    assertThat(actual.crossEntropy).isCloseTo(expected.crossEntropy, within(1e-12));
    assertThat(Doubles.distance(actual.hidden, expected.hidden)).isLessThan(1e-12);
    assertThat(Doubles.distance(actual.weight, expected.weight)).isLessThan(1e-12);
  }

  private Outcome chunked(Case c, Objective objective) {
    parameters.zeroGradients();
    return run(c, objective);
  }

  private Outcome run(Case c, Objective objective) {
    Tensor leaf = hidden();
    leaf.set_requires_grad(true);
    Tape tape = Tape.recording();
    Tensor hidden = tape.keep(leaf.mul(Tensors.scalar(1)));
    tape.end(Phase.OUTPUT);
    double crossEntropy = loss(c, objective).train(hidden, targets(c), WEIGHT, tape);
    tape.backward();
    return new Outcome(crossEntropy, Doubles.of(leaf.grad()), Doubles.of(parameters.gradient("w")));
  }

  private ChunkedLoss loss(Case c, Objective objective) {
    long logitsAtOnce = (long) c.rows * VOCAB + VOCAB - 1; // a part of a row is no row
    return new ChunkedLoss(
        new OutputProjection(parameters.value("w"), c.scale), objective, logitsAtOnce);
  }

  /** Every position is projected; those without a target weigh nothing. */
  private Outcome plain(Case c) {
    Tensor hidden = hidden();
    Tensor weight = parameters.value("w").detach().clone();
    hidden.set_requires_grad(true);
    weight.set_requires_grad(true);
    Tensor logits = hidden.matmul(weight.t()).mul(Tensors.scalar(c.scale));
    double[] oneHot = new double[POSITIONS * VOCAB];
    double[] counts = new double[POSITIONS];
    for (int i = 0; i < c.targets; i++) {
      oneHot[c.positions()[i] * VOCAB + c.labels()[i]] = 1;
      counts[c.positions()[i]] = 1;
    }
    Tensor z = logits.exp().sum(1).log();
    Tensor crossEntropy =
        z.mul(Doubles.tensor(counts, POSITIONS))
            .sum()
            .sub(logits.mul(Doubles.tensor(oneHot, POSITIONS, VOCAB)).sum());
    Tensor square = torch.pow(z, Tensors.scalar(2)).mul(Doubles.tensor(counts, POSITIONS)).sum();
    crossEntropy.add(square.mul(Tensors.scalar(c.zLoss))).mul(Tensors.scalar(WEIGHT)).backward();
    return new Outcome(
        crossEntropy.item_double(), Doubles.of(hidden.grad()), Doubles.of(weight.grad()));
  }

  private static Tensor hidden() {
    return Doubles.normal(8, POSITIONS, EMBED);
  }

  private static Targets targets(Case c) {
    return new Targets(
        Tensors.indices(c.positions(), c.targets), Tensors.indices(c.labels(), c.targets));
  }
}
