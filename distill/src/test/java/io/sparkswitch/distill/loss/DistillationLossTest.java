package io.sparkswitch.distill.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective.Loss;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In float64 throughout. */
class DistillationLossTest {
  private static final int POSITIONS = 6;
  private static final int VOCAB = 9;

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void lossAndGradientEqualTheGoldenOnes() throws IOException, URISyntaxException {
    Path file = new Path(golden("distill.safetensors").toUri());
    try (SafeTensorsReader golden = new SafeTensorsReader(file, new Configuration())) {
      Tensor labels = golden.read("labels").reshape(-1);
      long vocab = golden.read("student_logits").size(-1);
      Tensor logits = leaf(golden.read("student_logits").reshape(-1, vocab));
      SoftTargetsBatch soft = full(golden.read("teacher_probs").reshape(-1, vocab));
      Tensor real = labels.ne(Tensors.scalar(CrossEntropy.IGNORED)).nonzero().squeeze(1);
      long kept = real.size(0);
      Loss loss =
          new DistillationLoss(0.25, 1, RemainderLoss.ONE_EVENT)
              .objective(soft)
              .loss(logits.index_select(0, real), labels.index_select(0, real), real);
      Tensor mean = loss.minimised().mul(Tensors.scalar(1.0 / kept));
      mean.backward();
      assertThat(kept).isBetween(1L, labels.size(0) - 1);
      assertThat(mean.item_double()).isCloseTo(golden.read("loss").item_double(), within(1e-6));
      assertThat(loss.crossEntropy().item_double() / kept)
          .isCloseTo(golden.read("hard_ce").item_double(), within(1e-6));
      Tensor expected = golden.read("grad.student_logits").reshape(-1, vocab);
      assertThat(largest(logits.grad().sub(expected))).isLessThan(1e-6);
      assertThat(largest(expected)).isGreaterThan(0.1);
    }
  }

  @Test
  void aStudentEqualToItsTeacherHasItsEntropyAndNoGradient() {
    Tensor logits = logits(1);
    Tensor p = logits.softmax(1);
    double entropy = -p.mul(p.log()).sum().item_double();
    for (double temperature : new double[] {1, 2}) {
      Tensor student = leaf(logits.mul(Tensors.scalar(temperature)));
      Loss loss =
          new DistillationLoss(1, temperature, RemainderLoss.ONE_EVENT)
              .objective(full(p))
              .loss(student, labels(), all());
      loss.minimised().backward();
      double expected = entropy * temperature * temperature;
      assertThat(loss.minimised().item_double()).isCloseTo(expected, within(1e-9));
      assertThat(largest(student.grad())).isLessThan(1e-12);
    }
  }

  @Test
  void withOneMassForTheOthersItIsTheEntropyOfThatCoarserDistribution() {
    Tensor student = leaf(logits(2));
    SoftTargetsBatch.Kept soft = top(student.detach(), 3);
    Tensor r = soft.remainder().orElseThrow();
    Loss loss =
        new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT)
            .objective(soft)
            .loss(student, labels(), all());
    loss.minimised().backward();
    double entropy =
        -soft.probabilities().mul(soft.probabilities().log()).sum().item_double()
            - r.mul(r.log()).sum().item_double();
    assertThat(loss.minimised().item_double()).isCloseTo(entropy, within(1e-9));
    assertThat(largest(student.grad())).isLessThan(1e-12);
  }

  @Test
  void theLossIsItsDefinitionTermByTerm() {
    Tensor logits = logits(3);
    SoftTargetsBatch.Kept soft = top(logits(4), 2);
    Tensor p = logits.softmax(1).gather(1, soft.tokens());
    Tensor rest = p.sum(1).neg().add(Tensors.scalar(1));
    double expected =
        -soft.probabilities().mul(p.log()).sum().item_double()
            - soft.remainder().orElseThrow().mul(rest.log()).sum().item_double();
    Loss loss =
        new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT)
            .objective(soft)
            .loss(logits, labels(), all());
    assertThat(loss.minimised().item_double()).isCloseTo(expected, within(1e-9));
  }

  /** Against the full distribution that it stands for. */
  @Test
  void aRemainderSpreadOverTheOtherTokensIsAFullDistribution() {
    SoftTargetsBatch.Kept soft = top(logits(4), 2);
    Tensor each = soft.remainder().orElseThrow().mul(Tensors.scalar(1.0 / (VOCAB - 2)));
    Tensor spread =
        each.unsqueeze(1).expand(POSITIONS, VOCAB).scatter(1, soft.tokens(), soft.probabilities());
    Tensor lumped = leaf(logits(3));
    Tensor full = leaf(logits(3));
    Loss ofLumped =
        new DistillationLoss(0.7, 2, RemainderLoss.SPREAD)
            .objective(soft)
            .loss(lumped, labels(), all());
    Loss ofFull =
        new DistillationLoss(0.7, 2, RemainderLoss.ONE_EVENT)
            .objective(full(spread))
            .loss(full, labels(), all());
    ofLumped.minimised().backward();
    ofFull.minimised().backward();
    assertThat(ofLumped.minimised().item_double())
        .isCloseTo(ofFull.minimised().item_double(), within(1e-9));
    assertThat(largest(lumped.grad().sub(full.grad()))).isLessThan(1e-12);
    assertThat(largest(full.grad())).isGreaterThan(0.1);
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    double step = 1e-5;
    DistillationLoss mixed = new DistillationLoss(0.4, 1.5, RemainderLoss.ONE_EVENT);
    Tensor labels = labels();
    for (int k : new int[] {1, 4, VOCAB}) {
      SoftTargetsBatch soft = k == VOCAB ? full(logits(6).softmax(1)) : top(logits(6), k);
      Tensor logits = leaf(logits(5));
      mixed.objective(soft).loss(logits, labels, all()).minimised().backward();
      for (int i = 0; i < POSITIONS * VOCAB; i++) {
        double up = shifted(mixed, soft, labels, i, step);
        double down = shifted(mixed, soft, labels, i, -step);
        double gradient = logits.grad().reshape(-1).narrow(0, i, 1).item_double();
        assertThat(gradient)
            .as("k %d, logit %d", k, i)
            .isCloseTo((up - down) / (2 * step), within(1e-7));
      }
    }
  }

  private static double shifted(
      DistillationLoss mixed, SoftTargetsBatch soft, Tensor labels, int i, double shift) {
    Tensor moved = logits(5).reshape(-1);
    moved.narrow(0, i, 1).add_(Tensors.scalar(shift));
    return mixed
        .objective(soft)
        .loss(moved.view(POSITIONS, VOCAB), labels, all())
        .minimised()
        .item_double();
  }

  @Test
  void aVanishingRestIsStillFinite() {
    Tensor logits = leaf(Tensors.floats(new float[] {200, 0, 0}, 1, 3));
    SoftTargetsBatch soft =
        new SoftTargetsBatch.Kept(
            Tensors.indices(new int[1], 1, 1),
            Tensors.floats(new float[] {0.5f}, 1, 1),
            Optional.of(Tensors.floats(new float[] {0.5f}, 1)));
    Loss loss =
        new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT)
            .objective(soft)
            .loss(logits, Tensors.indices(new int[1], 1), Tensors.indices(new int[1], 1));
    loss.minimised().backward();
    assertThat(loss.minimised().item_double()).isCloseTo(0.5 * (200 - Math.log(2)), within(1e-4));
    assertThat(Tensors.toFloats(logits.grad())).containsExactly(0.5f, -0.25f, -0.25f);
  }

  @Test
  void eachPositionIsComparedWithItsOwnTargets() {
    Tensor logits = logits(7);
    SoftTargetsBatch soft = top(logits(8), 2);
    DistillationLoss mixed = new DistillationLoss(0.5, 1, RemainderLoss.ONE_EVENT);
    double all = mixed.objective(soft).loss(logits, labels(), all()).minimised().item_double();
    double sum = 0;
    for (int p = 0; p < POSITIONS; p++) {
      Tensor one = Tensors.indices(new int[] {p}, 1);
      sum +=
          mixed
              .objective(soft)
              .loss(logits.index_select(0, one), labels().index_select(0, one), one)
              .minimised()
              .item_double();
    }
    assertThat(all).isCloseTo(sum, within(1e-9));
  }

  @Test
  void fractionZeroIsCrossEntropyAlone() {
    Tensor logits = logits(9);
    Tensor labels = labels();
    Loss loss =
        new DistillationLoss(0, 1, RemainderLoss.ONE_EVENT)
            .objective(top(logits(10), 2))
            .loss(logits, labels, all());
    double hard = CrossEntropy.sum(logits, labels).item_double();
    assertThat(loss.minimised().item_double()).isEqualTo(hard);
    assertThat(loss.crossEntropy().item_double()).isEqualTo(hard);
  }

  @Test
  void theOutputZLossIsThatOfTheLabelsWhateverTheFraction() {
    Tensor logits = logits(9);
    Tensor labels = labels();
    double z = CrossEntropy.zLoss(logits, 0.01).item_double();
    assertThat(z).isGreaterThan(0.01);
    for (double fraction : new double[] {0, 0.25, 1}) {
      double without =
          minimised(new DistillationLoss(fraction, 1, RemainderLoss.ONE_EVENT), logits);
      double with =
          minimised(new DistillationLoss(fraction, 1, RemainderLoss.ONE_EVENT, 0.01), logits);
      assertThat(with - without).isCloseTo(z, within(1e-9));
    }
    assertThat(minimised(new DistillationLoss(0, 1, RemainderLoss.ONE_EVENT, 0.01), logits))
        .isCloseTo(
            new CrossEntropy(0.01).loss(logits, labels, all()).minimised().item_double(),
            within(1e-9));
  }

  private static double minimised(DistillationLoss loss, Tensor logits) {
    return loss.objective(top(logits(10), 2))
        .loss(logits, labels(), all())
        .minimised()
        .item_double();
  }

  @Test
  void fractionsOutsideZeroToOneAreRefused() {
    for (double fraction : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new DistillationLoss(fraction, 1, RemainderLoss.ONE_EVENT))
          .hasMessage("distill.soft-fraction = %s: must be in [0, 1]".formatted(fraction));
    }
    assertThatThrownBy(() -> new DistillationLoss(0.5, 0, RemainderLoss.ONE_EVENT))
        .hasMessageContaining("distill.temperature = 0.0");
  }

  @Test
  void targetsOfAnotherShapeAreRefused() {
    SoftTargetsBatch soft = top(logits(1), 2);
    Tensor fewer = logits(1).narrow(0, 0, 4);
    assertThatThrownBy(
            () ->
                new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT)
                    .objective(soft)
                    .loss(fewer, labels().narrow(0, 0, 4), all()))
        .hasMessage("soft targets [6, 2 kept] do not fit logits [4, 9]");
  }

  /** In {@code -Dgolden.dir} or a folder below it; by default the copy in the test resources. */
  private static java.nio.file.Path golden(String name) throws IOException, URISyntaxException {
    String given = System.getProperty("golden.dir", "");
    java.nio.file.Path root =
        given.isEmpty()
            ? java.nio.file.Path.of(DistillationLossTest.class.getResource("/golden").toURI())
            : java.nio.file.Path.of(given);
    try (Stream<java.nio.file.Path> files = Files.walk(root)) {
      return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
    }
  }

  private static Tensor logits(int seed) {
    return new Noise(seed, 0)
        .uniform(0, Site.JITTER, 0, POSITIONS, VOCAB, -2, 2)
        .to(ScalarType.Double);
  }

  private static Tensor labels() {
    return Tensors.indices(new int[] {0, 1, 2, 3, 4, 8}, POSITIONS);
  }

  private static Tensor all() {
    return Tensors.indices(new int[] {0, 1, 2, 3, 4, 5}, POSITIONS);
  }

  private static Tensor leaf(Tensor values) {
    Tensor leaf = values.detach().clone();
    leaf.set_requires_grad(true);
    return leaf;
  }

  private static SoftTargetsBatch full(Tensor probabilities) {
    return new SoftTargetsBatch.Full(probabilities);
  }

  /** Not rounded, unlike what a store holds. */
  private static SoftTargetsBatch.Kept top(Tensor logits, int k) {
    T_TensorTensor_T top = logits.softmax(1).topk(k, 1, true, true);
    Tensor rest = logits.softmax(1).scatter(1, top.get1(), Tensors.scalar(0)).sum(1);
    return new SoftTargetsBatch.Kept(top.get1(), top.get0(), Optional.of(rest));
  }

  private static double largest(Tensor tensor) {
    return tensor.abs().max().item_double();
  }
}
