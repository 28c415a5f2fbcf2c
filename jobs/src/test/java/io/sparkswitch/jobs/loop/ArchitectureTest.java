package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.ExpertSites;
import io.sparkswitch.model.t5.Grouping;
import io.sparkswitch.model.t5.SparseBlocks;
import io.sparkswitch.model.t5.SwitchConfig;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.ParameterSpec.Initialiser;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String SHORT = "optimizer.schedule=short";

  @Test
  void everySettingOfTheModelArrives() {
    T5Config architecture =
        Architecture.of(
            config(
                "model.d-model=32",
                "model.d-ff=48",
                "model.num-heads=3",
                "model.d-kv=8",
                "model.num-encoder-layers=2",
                "model.num-decoder-layers=3",
                "model.feed-forward=gated-gelu",
                "model.tied-output=false",
                "model.relative-attention-num-buckets=16",
                "model.relative-attention-max-distance=64",
                "model.dropout-rate=0.25",
                "model.initialisation-scale=0.5",
                "model.num-experts=4",
                "model.expert-every=1",
                "model.capacity-factor=1.5",
                "model.auxiliary-loss-factor=0.02",
                "model.jitter-noise=0.03",
                "model.router-z-loss-factor=0.001",
                "model.expert-sites=both",
                "routing.choices=2",
                "routing.renormalise=true",
                "routing.capacity=floor",
                "routing.padding=routed",
                "routing.group-sequences=4"),
            256);

    assertThat(architecture)
        .isEqualTo(
            new T5Config(
                256,
                new T5Config.Width(32, 48, 3, 8),
                2,
                3,
                new T5Config.Conventions(T5Config.FeedForwardKind.GATED_GELU, false, 16, 64, 0.5),
                Optional.of(
                    new SwitchConfig(
                        4,
                        new SparseBlocks(List.of(0, 1), List.of(0, 1, 2)),
                        ExpertSites.BOTH,
                        new RoutingRule(
                            new Selection(Selection.Kind.TOP_K, 2, true),
                            new Capacity(Capacity.Kind.SHARE_ROUNDED_DOWN, 1.5, 0),
                            Exploration.jitter(0.03),
                            new RouterLossFactors(0.02, 0.001, RouterLossFactors.Convention.PAPER)),
                        new Grouping(4, Grouping.Padding.ROUTED)))));
    assertThat(Architecture.of(config("preset=nano"), 256).experts()).isZero();
  }

  @Test
  void theIdentityIsWhatMayNotChangeBetweenACheckpointAndItsContinuation() {
    String before = identity("preset=nano");

    assertThat(identity("preset=nano", "training.log-every=3")).isEqualTo(before);
    assertThat(identity("preset=nano", "training.checkpoint-every=7")).isEqualTo(before);
    assertThat(identity("preset=nano", "gang.executors=2")).isEqualTo(before);
    assertThat(identity("preset=nano", "training.activations=recomputed")).isEqualTo(before);
    for (String change :
        List.of(
            "model.dropout-rate=0.2",
            "model.output-z-loss-factor=0.1",
            "training.precision=bfloat16",
            "optimizer.peak-learning-rate=0.01",
            "optimizer.name=adamw",
            "optimizer.beta1=0.5",
            "optimizer.clip-norm=1",
            "data.noise-density=0.2",
            "training.batch-size=8",
            "distill.soft-fraction=0.5")) {
      assertThat(identity("preset=nano", change)).as(change).isNotEqualTo(before);
    }
  }

  @Test
  void theLengthOfARunCountsOnlyWhereTheScheduleDependsOnIt() {
    assertThat(identity(SHORT, "training.steps=10"))
        .isNotEqualTo(identity(SHORT, "training.steps=20"));
    assertThat(identity("optimizer.schedule=linear", "training.steps=10"))
        .isNotEqualTo(identity("optimizer.schedule=linear", "training.steps=20"));
    assertThat(identity("optimizer.schedule=t5", "training.steps=10"))
        .isEqualTo(identity("optimizer.schedule=t5", "training.steps=20"));
  }

  @Test
  void theOptimizerIsTheOneThatIsNamedWithTheStateItsSettingsAskFor() {
    List<ParameterSpec> specs =
        List.of(new ParameterSpec("w", new long[] {2, 3}, Initialiser.ones(), "w"));
    try (Parameters parameters = new Parameters(specs, ScalarType.Float)) {
      assertThat(state(parameters)).containsOnlyKeys("adafactor.square.w");
      assertThat(state(parameters, "optimizer.factored-from=2", "optimizer.beta1=0.9"))
          .containsOnlyKeys("adafactor.row.w", "adafactor.column.w", "adafactor.average.w");
      assertThat(state(parameters, "optimizer.name=adamw", SHORT))
          .containsOnlyKeys("adamw.average.w", "adamw.square.w");
    }
  }

  private static Map<String, Tensor> state(Parameters parameters, String... settings) {
    try (Optimizer optimizer = Architecture.optimizer(config(settings).optimizer(), parameters)) {
      return optimizer.state();
    }
  }

  private static String identity(String... settings) {
    return Architecture.identity(config(settings), 256);
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(Optional.empty(), List.of(settings));
  }
}
