package io.sparkswitch.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.checkpoint.SafeTensorsReader;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.t5.GoldenFolder;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The routers' losses against an independent implementation, {@code router_losses.safetensors} of
 * {@link GoldenFolder}. It is in float32, hence 1e-6; to 1e-9 they are held to plain loops and
 * central differences in float64.
 */
class RouterLossesGoldenTest {
  private static final double GOLDEN = 1e-6;
  private static final double EXACT = 1e-9;

  static List<Path> files() {
    return GoldenFolder.files("router_losses.safetensors");
  }

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
  void thereAreGoldenValues() {
    assertThat(files()).isNotEmpty();
  }

  /** The golden logits with what is chosen by them. */
  private record Golden(SafeTensorsReader file, ScalarType dtype) implements AutoCloseable {
    static Golden open(Path path, ScalarType dtype) throws IOException {
      return new Golden(
          new SafeTensorsReader(new org.apache.hadoop.fs.Path(path.toUri()), new Configuration()),
          dtype);
    }

    /** {@code <float>[tokens, experts]}, a leaf. */
    Tensor logits() throws IOException {
      Tensor logits = file.read("logits");
      Tensor leaf = logits.view(-1, logits.size(-1)).to(dtype).clone();
      leaf.set_requires_grad(true);
      return leaf;
    }

    int[] experts() throws IOException {
      return Tensors.toInts(file.read("expert_index").reshape(-1));
    }

    /** All sequences in one group, all tokens real. */
    TokenGroups groups() throws IOException {
      Tensor logits = file.read("logits"); // [batch, length, experts]
      int sequences = Math.toIntExact(logits.size(0));
      int length = Math.toIntExact(logits.size(1));
      boolean[] real = new boolean[sequences * length];
      Arrays.fill(real, true);
      return new TokenGroups(sequences, length, sequences, real, 0, real.length);
    }

    /** Compares a value and its gradient with the golden ones of that name. */
    void check(String name, Tensor loss, Tensor logits) throws IOException {
      loss.backward();
      double[] expected = Doubles.of(file.read("grad." + name).reshape(-1));
      assertThat(loss.item_double())
          .as(name)
          .isCloseTo(file.read(name).to(ScalarType.Double).item_double(), within(GOLDEN));
      assertThat(expected.length).isPositive();
      assertThat(Doubles.distance(Doubles.of(logits.grad()), expected)).isLessThan(GOLDEN);
      assertThat(Doubles.largest(expected)).isGreaterThan(10 * GOLDEN);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  static List<ScalarType> dtypes() {
    return List.of(ScalarType.Float, ScalarType.Double);
  }

  @ParameterizedTest
  @MethodSource("dtypes")
  void valuesAndGradientsEqualTheReference(ScalarType dtype) throws IOException {
    int compared = 0;
    for (Path path : files()) {
      try (Golden golden = Golden.open(path, dtype)) {
        Tensor z = golden.logits();
        golden.check("hf_z_loss", RouterZLoss.apply(z, golden.groups()), z);
        Tensor stackZ = golden.logits();
        golden.check(
            "hf_z_loss",
            HuggingFaceRouterLosses.z(layers(golden, stackZ), golden.groups()),
            stackZ);
        Tensor auxiliary = golden.logits();
        golden.check(
            "hf_aux_loss",
            HuggingFaceRouterLosses.auxiliary(layers(golden, auxiliary), golden.groups()),
            auxiliary);
        Tensor paper = golden.logits();
        golden.check(
            "paper_aux_loss",
            LoadBalancingLoss.apply(torch.softmax(paper, -1), golden.experts(), golden.groups()),
            paper);
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  private static List<HuggingFaceRouterLosses.Layer> layers(Golden golden, Tensor logits)
      throws IOException {
    return List.of(new HuggingFaceRouterLosses.Layer(logits, golden.experts()));
  }

  /** Two layers, so that the mean over layers counts; sequences of one length, as there. */
  @Test
  void overSeveralLayersTheyEqualPlainLoopsAndCentralDifferences() {
    int sequences = 3;
    int length = 4;
    int experts = 5;
    int tokens = sequences * length;
    boolean[] real = new boolean[tokens];
    Arrays.fill(real, true);
    TokenGroups groups = new TokenGroups(sequences, length, 1, real, 0, tokens);
    int[][] chosen = {draw(1, tokens, experts), draw(2, tokens, experts)};
    double[] logits = Doubles.draws(3, 2 * tokens * experts);
    ToDoubleFunction<double[]> auxiliary =
        all -> auxiliary(all, chosen, sequences, length, experts);
    ToDoubleFunction<double[]> z = all -> z(all, experts);
    Tensor leaf = leaf(logits, 2L * tokens, experts);
    check(HuggingFaceRouterLosses.auxiliary(split(leaf, chosen), groups), leaf, auxiliary, logits);
    Tensor other = leaf(logits, 2L * tokens, experts);
    check(HuggingFaceRouterLosses.z(split(other, chosen), groups), other, z, logits);
  }

  private static int[] draw(long seed, int tokens, int experts) {
    return new java.util.SplittableRandom(seed).ints(tokens, 0, experts).toArray();
  }

  private static Tensor leaf(double[] logits, long rows, long experts) {
    Tensor leaf = Doubles.tensor(logits, rows, experts);
    leaf.set_requires_grad(true);
    return leaf;
  }

  private static List<HuggingFaceRouterLosses.Layer> split(Tensor leaf, int[][] chosen) {
    return IntStream.range(0, chosen.length)
        .mapToObj(
            i ->
                new HuggingFaceRouterLosses.Layer(
                    leaf.narrow(0, (long) i * chosen[i].length, chosen[i].length), chosen[i]))
        .toList();
  }

  private static void check(
      Tensor loss, Tensor leaf, ToDoubleFunction<double[]> twin, double[] logits) {
    loss.backward();
    assertThat(loss.item_double()).isCloseTo(twin.applyAsDouble(logits), within(EXACT));
    double[] gradient = Doubles.of(leaf.grad());
    for (int i = 0; i < logits.length; i++) {
      double[] up = logits.clone();
      double[] down = logits.clone();
      up[i] += 1e-5;
      down[i] -= 1e-5;
      double slope = (twin.applyAsDouble(up) - twin.applyAsDouble(down)) / 2e-5;
      assertThat(gradient[i]).isCloseTo(slope, within(EXACT));
    }
  }

  /**
   * Mean over sequences of E · Σ f·P, f and P over layers and positions; f in float32, as there.
   */
  private static double auxiliary(
      double[] logits, int[][] chosen, int sequences, int length, int experts) {
    int tokens = sequences * length;
    double sum = 0;
    for (int s = 0; s < sequences; s++) {
      double[] f = new double[experts];
      double[] p = new double[experts];
      for (int layer = 0; layer < chosen.length; layer++) {
        for (int t = s * length; t < (s + 1) * length; t++) {
          f[chosen[layer][t]]++;
          double[] row = softmax(logits, layer * tokens + t, experts);
          for (int e = 0; e < experts; e++) {
            p[e] += row[e] / (chosen.length * length);
          }
        }
      }
      for (int e = 0; e < experts; e++) {
        sum += experts * (double) ((float) f[e] / (chosen.length * length)) * p[e] / sequences;
      }
    }
    return sum;
  }

  private static double z(double[] logits, int experts) {
    int rows = logits.length / experts;
    double sum = 0;
    for (int t = 0; t < rows; t++) {
      double exponentials = 0;
      for (int e = 0; e < experts; e++) {
        exponentials += Math.exp(logits[t * experts + e]);
      }
      sum += Math.log(exponentials) * Math.log(exponentials) / rows;
    }
    return sum;
  }

  private static double[] softmax(double[] logits, int row, int experts) {
    double[] p = Arrays.copyOfRange(logits, row * experts, (row + 1) * experts);
    double sum = Arrays.stream(p).map(Math::exp).sum();
    return Arrays.stream(p).map(v -> Math.exp(v) / sum).toArray();
  }
}
