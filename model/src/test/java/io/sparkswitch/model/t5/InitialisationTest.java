package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.t5.T5Config.Conventions;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser.Kind;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InitialisationTest {
  private static final double SCALE = 0.1;

  /** Of a standard normal draw within two deviations: 1 - 4 φ(2) / (Φ(2) - Φ(-2)). */
  private static final double VARIANCE = 0.773_741_3;

  /** Of its square: E x⁴ = 3 E x² - 16 φ(2) / (Φ(2) - Φ(-2)), less the square of E x². */
  private static final double VARIANCE_OF_SQUARE = 0.817_5;

  private static Conventions conventions(FeedForwardKind kind, double scale) {
    return new Conventions(kind, kind == FeedForwardKind.RELU, 32, 128, scale);
  }

  private static SwitchConfig sparse(ExpertSites sites) {
    SwitchConfig plain = TinyModel.sparse(4, 1.25, 0.01, 0, 0);
    return new SwitchConfig(
        plain.experts(), plain.blocks(), sites, plain.training(), plain.grouping());
  }

  @ParameterizedTest
  @EnumSource(FeedForwardKind.class)
  void matricesOfFeedForwardsExpertsAndRoutersAreTruncatedNormalWithTheRootOfScaleOverFanIn(
      FeedForwardKind kind) {
    T5Config config =
        new T5Config(
            256,
            new Width(96, 160, 4, 24),
            2,
            2,
            conventions(kind, SCALE),
            Optional.of(sparse(ExpertSites.BOTH)));
    List<ParameterSpec> specs = new ArrayList<>(T5Parameters.dense(config));
    specs.addAll(T5Parameters.experts(config, 0, 4));
    int compared = 0;
    double square = 0;
    long draws = 0;
    for (ParameterSpec spec : specs) {
      boolean truncated = spec.name().matches(".*(router\\.classifier|wi|wi_0|wi_1|wo)\\.weight");
      assertThat(spec.initialiser().kind() == Kind.TRUNCATED_NORMAL)
          .as(spec.name())
          .isEqualTo(truncated);
      if (!truncated) {
        continue;
      }
      double sigma = Math.sqrt(SCALE / spec.shape()[1]); // [out, in]
      assertThat(spec.initialiser().standardDeviation()).isCloseTo(sigma, within(1e-12));
      double[] values = values(spec);
      double own = Arrays.stream(values).map(v -> v * v / sigma / sigma).sum();
      assertThat(Doubles.largest(values)).as(spec.name()).isLessThanOrEqualTo(2 * sigma + 1e-8);
      assertThat(own / values.length)
          .as(spec.name())
          .isCloseTo(VARIANCE, within(5 * Math.sqrt(VARIANCE_OF_SQUARE / values.length)));
      square += own;
      draws += values.length;
      compared++;
    }
    // Two dense feed-forwards, two of four experts, routers: 2 of feed-forward, 4 of attention.
    int matrices = kind == FeedForwardKind.RELU ? 2 : 3;
    assertThat(compared).isEqualTo(2 * matrices + 2 * 4 * matrices + 6);
    assertThat(square / draws)
        .isCloseTo(VARIANCE, within(4 * Math.sqrt(VARIANCE_OF_SQUARE / draws)));
  }

  private static double[] values(ParameterSpec spec) {
    try (PointerScope scope = new PointerScope();
        Parameters parameters = new Parameters(List.of(spec), ScalarType.Double)) {
      parameters.initialise(4);
      return Doubles.of(parameters.values());
    }
  }

  @Test
  void aTenthOfTheScaleDrawsTheSameNumbersSmallerByItsRoot() {
    ParameterSpec whole = wi(1);
    ParameterSpec tenth = wi(0.1);
    double[] large = values(whole);
    double[] small = values(tenth);
    for (int i = 0; i < large.length; i++) {
      assertThat(small[i]).isCloseTo(large[i] * Math.sqrt(0.1), within(1e-7));
    }
  }

  private static ParameterSpec wi(double scale) {
    T5Config config =
        TinyModel.config(conventions(FeedForwardKind.RELU, scale), sparse(ExpertSites.BOTH));
    return T5Parameters.dense(config).stream()
        .filter(spec -> spec.name().endsWith("wi.weight"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Nano's size and one of twice its width and depth. Left out are experts in attention at a tenth
   * of the scale under a tied output: there the residual stream stays the embedding of the input,
   * and the first thing such a model predicts is the token it is given (docs/decisions/0006).
   */
  static Stream<T5Config> models() {
    List<T5Config> models = new ArrayList<>();
    for (double scale : new double[] {1, 0.1}) {
      for (FeedForwardKind kind : FeedForwardKind.values()) {
        for (Optional<SwitchConfig> sparse :
            List.of(
                Optional.<SwitchConfig>empty(),
                Optional.of(sparse(ExpertSites.FEED_FORWARD)),
                Optional.of(sparse(ExpertSites.ATTENTION)),
                Optional.of(sparse(ExpertSites.BOTH)))) {
          Conventions conventions = conventions(kind, scale);
          boolean attention = sparse.map(s -> s.sites().attention()).orElse(false);
          if (scale < 1 && conventions.tiedOutput() && attention) {
            continue;
          }
          Width nano = new Width(128, 512, 4, 32);
          models.add(new T5Config(4224, nano, 2, 2, conventions, sparse));
          if (scale == 1) {
            Width mini = new Width(256, 1024, 4, 64);
            models.add(new T5Config(8192, mini, 4, 4, conventions, sparse));
          }
        }
      }
    }
    return models.stream();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theFirstLossIsAtMostOneNatAboveAUniformGuess(T5Config config) {
    Batch batch = TinyModel.batch(4, 24, 12, config.vocab(), 5);
    try (PointerScope scope = new PointerScope();
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model = TinyModel.model(config, Precision.FLOAT32, 0, 1)) {
      GradientStep.Result result =
          GradientStep.evaluate(
              model,
              Inputs.of(batch, 0, 4, config.grouping()),
              Recipe.of(config).pass(Tape.inference(), exchange, 0, new Observations()),
              TinyModel.CROSS_ENTROPY);
      double uniform = Math.log(config.vocab());
      assertThat(result.crossEntropy() / result.targetTokens())
          .isBetween(uniform - 0.5, uniform + 1);
    }
  }
}
