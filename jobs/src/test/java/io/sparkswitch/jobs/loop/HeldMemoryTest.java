package io.sparkswitch.jobs.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.ConfigLoader;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.optim.Optimizer;
import io.sparkswitch.model.t5.T5Config;
import io.sparkswitch.model.t5.T5Model;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tensors of real members judge what is planned. */
class HeldMemoryTest {
  private static final int ROWS = 256;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer.name=adafactor",
        "optimizer.name=adamw",
        "model.num-experts=0",
        "training.precision=float64"
      })
  void everyMemberHoldsWhatIsPlannedToTheByte(String setting) {
    RunConfig config = config(setting);
    T5Config architecture = Architecture.of(config, ROWS);
    for (int size : new int[] {1, 3}) {
      Plan plan = Plan.of(config, ROWS, size);
      for (int rank = 0; rank < size; rank++) {
        try (T5Model model = new T5Model(architecture, Architecture.precision(config), rank, size);
            Optimizer optimizer = Architecture.optimizer(config.optimizer(), model.experts())) {
          HeldMemory planned = HeldMemory.ofExecutor(plan, rank);
          String what = "%s, rank %d of %d".formatted(setting, rank, size);
          assertThat(planned.values())
              .as(what)
              .isEqualTo(model.dense().values().nbytes() + model.experts().values().nbytes());
          assertThat(planned.gradients())
              .as(what)
              .isEqualTo(model.dense().gradients().nbytes() + model.experts().gradients().nbytes());
          assertThat(planned.optimizerState())
              .as(what)
              .isEqualTo(bytes(optimizer.state().values()));
          assertThat(planned.snapshot())
              .as(what)
              .isEqualTo(bytes(ModelTensors.of(model.experts(), optimizer.state()).values()));
        }
      }
    }
    driver(config, architecture);
  }

  private static void driver(RunConfig config, T5Config architecture) {
    HeldMemory planned = HeldMemory.ofDriver(Plan.of(config, ROWS, 3));
    try (DenseModel dense = new DenseModel(architecture, config)) {
      long values = dense.parameters().values().nbytes();
      assertThat(planned.values()).isEqualTo(values);
      assertThat(planned.gradients()).isEqualTo(dense.parameters().gradients().nbytes());
      assertThat(planned.snapshot()).isEqualTo(bytes(dense.tensors().values()));
      assertThat(planned.optimizerState()).isEqualTo(bytes(dense.tensors().values()) - values);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void theDriverNeedsNoMoreOfMoreExecutors(int executors) {
    StepPlan one = new StepPlan(Plan.of(config("seed=1"), ROWS, 1), 128, 29);
    StepPlan more = new StepPlan(Plan.of(config("seed=1"), ROWS, executors), 128, 29);
    long reports = (executors - 1) * one.wire().reportBytes();

    assertThat(more.memory().driver().held()).isEqualTo(one.memory().driver().held());
    assertThat(more.memory().driver().outsideHeap() - one.memory().driver().outsideHeap())
        .isBetween(0L, reports);
  }

  private static long bytes(Collection<Tensor> tensors) {
    return tensors.stream().mapToLong(Tensor::nbytes).sum();
  }

  private static RunConfig config(String... settings) {
    return ConfigLoader.load(
        Optional.empty(),
        Stream.concat(
                Stream.of(
                    "preset=nano-switch", "routing.group-sequences=2", "optimizer.schedule=short"),
                List.of(settings).stream())
            .toList());
  }
}
