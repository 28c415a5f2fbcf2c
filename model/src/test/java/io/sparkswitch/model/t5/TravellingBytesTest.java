package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.exchange.Traffic;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.tensor.Tape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a step sends: rows of real tokens as activations are, gradients and parameters in full. */
class TravellingBytesTest {
  private static final int RANKS = 3;
  private static final int SEQUENCES = 7;
  private static final Batch BATCH =
      TinyModel.batch(SEQUENCES, 9, 6, TinyModel.VOCAB, 1); // with padding
  private static final Recipe RECIPE =
      Recipe.all(TinyModel.config(TinyModel.QUIET, null), 5, 1).stream()
          .filter(recipe -> recipe.name().equals("dropless"))
          .findAny()
          .orElseThrow();

  /** One rank's step: what travelled, and what its tokens chose. */
  private record Step(int rank, Traffic traffic, List<LayerMetrics> layers, long dense) {

    /** Rows for the experts of others: of real tokens only, as the router counts no others. */
    long rowsOut() {
      ExpertPlacement placement = new ExpertPlacement(5, RANKS);
      long rows = 0;
      for (LayerMetrics layer : layers) {
        for (int e = 0; e < layer.expertTokens().length; e++) {
          rows += placement.rankOf(e) == rank ? 0 : layer.expertTokens()[e];
        }
      }
      return rows;
    }

    long slice() {
      return Exchange.sliceStart(dense, rank + 1, RANKS) - Exchange.sliceStart(dense, rank, RANKS);
    }
  }

  @ParameterizedTest
  @CsvSource({"SELECTIVE, 2", "BFLOAT16, 2", "FLOAT32, 4"})
  void tokensTravelAsActivationsAreAndGradientsAndParametersInFloat32(
      Precision precision, long activationBytes) throws Exception {
    long rows = 0;
    for (Step step : run(precision)) {
      long out = step.rowsOut() * TinyModel.WIDTH.embed() * activationBytes;
      Traffic traffic = step.traffic();
      assertThat(traffic.sent(Direction.DISPATCH)).isEqualTo(out);
      assertThat(traffic.received(Direction.COMBINE)).isEqualTo(out);
      assertThat(traffic.sent(Direction.COMBINE_GRADIENT)).isEqualTo(out);
      assertThat(traffic.received(Direction.DISPATCH_GRADIENT)).isEqualTo(out);
      rows += step.rowsOut();

      long slice = step.slice() * Float.BYTES;
      long others = step.dense() * Float.BYTES - slice;
      assertThat(traffic.sent(Direction.REDUCE_SCATTER)).isEqualTo(others);
      assertThat(traffic.received(Direction.REDUCE_SCATTER)).isEqualTo(slice * (RANKS - 1));
      assertThat(traffic.sent(Direction.ALL_GATHER)).isEqualTo(slice * (RANKS - 1));
      assertThat(traffic.received(Direction.ALL_GATHER)).isEqualTo(others);
      assertThat(traffic.sent(Direction.TO_DRIVER)).isEqualTo(slice);
    }
    assertThat(rows).as("rows that travelled").isGreaterThan(40);
  }

  private static List<Step> run(Precision precision) throws Exception {
    List<LocalExchange> ends = LocalExchange.group(RANKS, Duration.ofSeconds(20));
    ExecutorService threads = Executors.newFixedThreadPool(RANKS);
    try {
      List<Future<Step>> futures = new ArrayList<>();
      for (Exchange end : ends) {
        futures.add(threads.submit(() -> step(precision, end)));
      }
      List<Step> steps = new ArrayList<>();
      for (Future<Step> future : futures) {
        steps.add(future.get(30, TimeUnit.SECONDS));
      }
      return steps;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Step step(Precision precision, Exchange exchange) {
    int rank = exchange.rank();
    T5Config config = RECIPE.config();
    try (PointerScope scope = new PointerScope();
        T5Model model = TinyModel.model(config, precision, rank, RANKS)) {
      int from = Math.toIntExact(Exchange.sliceStart(SEQUENCES, rank, RANKS));
      int to = Math.toIntExact(Exchange.sliceStart(SEQUENCES, rank + 1, RANKS));
      Inputs inputs = Inputs.of(BATCH, from, to, config.grouping());
      Pass pass = RECIPE.pass(Tape.recording(), exchange, 0, new Observations());
      List<LayerMetrics> layers =
          GradientStep.train(model, inputs, pass, RECIPE.objective()).layers();
      assertThat(layers).isNotEmpty().allMatch(layer -> layer.dropped() == 0);

      long dense = model.dense().values().numel();
      Tensor slice =
          exchange.reduceScatter(tag(Direction.REDUCE_SCATTER), model.dense().gradients());
      exchange.gatherAtDriver(tag(Direction.TO_DRIVER), slice);
      exchange.allGather(tag(Direction.ALL_GATHER), model.dense().values());
      assertThat(slice.scalar_type().intern()).isEqualTo(ScalarType.Float);
      return new Step(rank, exchange.traffic(), layers, dense);
    }
  }

  private static Tag tag(Direction direction) {
    return new Tag(0, 99, 0, 0, direction);
  }
}
