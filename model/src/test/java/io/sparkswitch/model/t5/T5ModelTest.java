package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.TokenGroups;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class T5ModelTest {
  private static final SwitchConfig EIGHT = TinyModel.sparse(8, 2.0, 0.01, 0, 0);

  private PointerScope scope;
  private LocalExchange exchange;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    exchange = LocalExchange.group(1).get(0);
  }

  @AfterEach
  void close() {
    exchange.close();
    scope.close();
  }

  @Test
  void theNanoModelsHaveTheirPublishedParameterCounts() {
    assertThat(count(TinyModel.nano(null))).isEqualTo(1_459_968);
    assertThat(count(TinyModel.nano(EIGHT))).isEqualTo(3_297_024);
    assertThat(TinyModel.nano(EIGHT).dense()).isEqualTo(TinyModel.nano(null));
  }

  @Test
  void everyExpertLivesOnExactlyOneRank() {
    T5Config config = TinyModel.nano(EIGHT);
    List<String> spread = new ArrayList<>();
    for (int rank = 0; rank < 3; rank++) {
      try (T5Model model =
          new T5Model(TinyModel.config(TinyModel.QUIET, EIGHT), Precision.FLOAT32, rank, 3)) {
        model.experts().specs().forEach(spec -> spread.add(spec.name()));
      }
    }
    List<String> whole =
        T5Parameters.experts(config, 0, 8).stream().map(ParameterSpec::name).toList();
    assertThat(spread).containsExactlyInAnyOrderElementsOf(whole);
  }

  @Test
  void denseAndSwitchModelsOfOneSeedStartWithEqualSharedTensors() {
    Map<String, double[]> sparse = new HashMap<>();
    try (T5Model model = TinyModel.model(config(EIGHT), Precision.FLOAT32, 0, 1)) {
      for (ParameterSpec spec : model.dense().specs()) {
        sparse.put(spec.name(), Doubles.of(model.dense().value(spec.name())));
      }
    }
    int shared = 0;
    try (T5Model model = TinyModel.model(config(null), Precision.FLOAT32, 0, 1)) {
      for (ParameterSpec spec : model.dense().specs()) {
        double[] values = Doubles.of(model.dense().value(spec.name()));
        double[] twin = sparse.get(spec.name().replace("DenseReluDense", "mlp"));
        if (twin != null) {
          assertThat(twin).as(spec.name()).isEqualTo(values);
          shared++;
        } else {
          assertThat(spec.name()).contains(".block.1.").contains("DenseReluDense");
        }
      }
    }
    assertThat(shared).isEqualTo(sparse.size() - 2); // all but the two routers
  }

  @Test
  void paddingOfTheEncoderInfluencesNoOtherPosition() {
    T5Config config = TinyModel.config(TinyModel.QUIET, TinyModel.sparse(4, 0.5, 0, 0, 1));
    int[] source = {5, 9, 3, 17, 2, 8, 1};
    try (T5Model model = TinyModel.model(config, Precision.FLOAT64, 0, 1)) {
      double[] alone = encode(model, config, source, 7);
      double[] padded = encode(model, config, source, 11);
      int embed = config.width().embed();
      double[] tokens = Arrays.copyOf(padded, 7 * embed);
      assertThat(Doubles.distance(tokens, alone)).isLessThan(1e-12);
    }
  }

  @Test
  void paddingOfTheEncoderInfluencesNoTargetsScore() {
    T5Config config = TinyModel.config(TinyModel.QUIET, TinyModel.sparse(4, 1.0, 0, 0, 1));
    Batch batch = TinyModel.batch(3, 8, 5, TinyModel.VOCAB, 6);
    int wide = 13;
    int[] source = new int[3 * wide];
    for (int s = 0; s < 3; s++) {
      System.arraycopy(batch.encoderInputTokens(), s * 8, source, s * wide, 8);
    }
    Batch padded =
        new Batch(
            3,
            wide,
            5,
            source,
            batch.decoderInputTokens(),
            batch.decoderTargetTokens(),
            batch.decoderLossWeights(),
            batch.segmentIds(),
            batch.epochs());
    try (T5Model model = TinyModel.model(config, Precision.FLOAT64, 0, 1)) {
      double[] narrow = logits(model, config, batch);
      assertThat(Doubles.distance(logits(model, config, padded), narrow)).isLessThan(1e-12);
    }
  }

  @Test
  void aTargetTokenInfluencesNoEarlierScore() {
    T5Config config = TinyModel.config(TinyModel.QUIET, null);
    Batch batch = TinyModel.batch(1, 8, 6, TinyModel.VOCAB, 6);
    double[] before;
    double[] after;
    try (T5Model model = TinyModel.model(config, Precision.FLOAT64, 0, 1)) {
      before = logits(model, config, batch);
      batch.decoderInputTokens()[4] ^= 1;
      after = logits(model, config, batch);
    }
    int vocab = TinyModel.VOCAB;
    assertThat(Arrays.copyOf(after, 4 * vocab)).isEqualTo(Arrays.copyOf(before, 4 * vocab));
    assertThat(after).isNotEqualTo(before);
  }

  private double[] encode(T5Model model, T5Config config, int[] source, int length) {
    int[] tokens = Arrays.copyOf(source, length);
    boolean[] real = new boolean[length];
    Arrays.fill(real, 0, source.length, true);
    TokenGroups groups = new TokenGroups(1, length, 1, real, 0, source.length);
    Inputs inputs =
        new Inputs(
            Tensors.indices(tokens, 1, length),
            null,
            null,
            groups,
            null,
            1,
            length > source.length,
            Optional.empty());
    RoutingRule rule = config.training();
    Pass pass = TinyModel.pass(rule, 0, Tape.inference(), exchange, 0);
    double[] memory = Doubles.of(model.encode(inputs, pass).memory());
    assertThat(pass.seen().metrics().get(0).dropped()).as("capacity binds").isPositive();
    return memory;
  }

  private double[] logits(T5Model model, T5Config config, Batch batch) {
    Pass pass = TinyModel.pass(config, Tape.inference(), exchange, 0);
    Inputs inputs = Inputs.of(batch, 0, batch.sequences(), Grouping.of(1));
    return Doubles.of(model.forward(inputs, pass));
  }

  private static T5Config config(SwitchConfig sparse) {
    return TinyModel.config(TinyModel.QUIET, sparse);
  }

  private static long count(T5Config config) {
    return Parameters.size(T5Parameters.dense(config))
        + Parameters.size(T5Parameters.experts(config, 0, config.experts()));
  }
}
