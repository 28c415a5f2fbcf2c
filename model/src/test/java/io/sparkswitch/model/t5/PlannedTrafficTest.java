package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.exchange.Traffic;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.moe.SparseLayer;
import io.sparkswitch.model.moe.SparseLayer.Travel;
import io.sparkswitch.model.tensor.Tape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

/** Real passes judge what is reckoned of them, given what their routers decided. */
class PlannedTrafficTest {
  private static final int RANKS = 3;
  private static final int EXPERTS = 5;
  private static final int SEQUENCES = 7;
  private static final Batch BATCH = TinyModel.batch(SEQUENCES, 9, 6, TinyModel.VOCAB, 1);

  /** One rank's pass: what travelled, and rows for each expert in each layer. */
  private record Seen(Traffic traffic, List<int[]> rows) {}

  private static final class Decisions extends Observations {
    final List<String> layers = new ArrayList<>();
    final List<int[]> rows = new ArrayList<>();

    @Override
    public void routed(Routing routing) {
      super.routed(routing);
      layers.add(routing.metrics().layer());
      rows.add(routing.expertCounts());
    }
  }

  @Test
  void everyRecipeMovesWhatIsReckonedOfItsRouting() throws Exception {
    for (Recipe recipe : Recipe.all(TinyModel.config(TinyModel.QUIET, null), EXPERTS, 1)) {
      for (Precision precision : List.of(Precision.FLOAT32, Precision.SELECTIVE)) {
        judge(recipe, precision, RANKS);
      }
    }
  }

  @Test
  void oneRankMovesNothing() throws Exception {
    Recipe recipe = Recipe.all(TinyModel.config(TinyModel.QUIET, null), EXPERTS, 1).get(2);
    judge(recipe, Precision.FLOAT32, 1);
  }

  @Test
  void aRankWithoutExpertsMovesWhatIsReckonedToo() throws Exception {
    Recipe recipe = Recipe.all(TinyModel.config(TinyModel.QUIET, null), EXPERTS, 1).get(2);
    judge(recipe, Precision.FLOAT32, EXPERTS + 1);
  }

  private static void judge(Recipe recipe, Precision precision, int size) throws Exception {
    List<Seen> all = run(recipe, precision, size);
    List<SparseLayer> layers = SparseLayers.of(recipe.config());
    Travel travel =
        new Travel(precision == Precision.FLOAT32 ? 4 : 2, recipe.expertDropoutRate() > 0);
    long bytes = 0;
    for (int rank = 0; rank < size; rank++) {
      PlannedTraffic planned = new PlannedTraffic(rank, size);
      for (int l = 0; l < layers.size(); l++) {
        long[] send = new long[size];
        long[] receive = new long[size];
        for (int peer = 0; peer < size; peer++) {
          send[peer] = rows(all.get(rank), l, peer, size);
          receive[peer] = rows(all.get(peer), l, rank, size);
        }
        layers.get(l).train(planned, travel, send, receive);
      }
      Traffic real = all.get(rank).traffic();
      for (Direction direction : Direction.values()) {
        String what = recipe.name() + ", " + precision + ", rank " + rank + ", " + direction;
        assertThat(real.sent(direction)).as(what).isEqualTo(planned.sent(direction).bytes());
        assertThat(real.received(direction))
            .as(what)
            .isEqualTo(planned.received(direction).bytes());
        assertThat(real.messagesSent(direction))
            .as(what)
            .isEqualTo(planned.sent(direction).count());
        assertThat(real.messagesReceived(direction))
            .as(what)
            .isEqualTo(planned.received(direction).count());
        bytes += real.sent(direction);
      }
    }
    assertThat(bytes > 0).as(recipe.name()).isEqualTo(!layers.isEmpty() && size > 1);
  }

  private static long rows(Seen from, int layer, int to, int size) {
    ExpertPlacement placement = new ExpertPlacement(EXPERTS, size);
    long rows = 0;
    for (int e = placement.first(to); e < placement.first(to + 1); e++) {
      rows += from.rows().get(layer)[e];
    }
    return rows;
  }

  private static List<Seen> run(Recipe recipe, Precision precision, int size) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Future<Seen>> futures = new ArrayList<>();
      for (Exchange end : LocalExchange.group(size, Duration.ofSeconds(20))) {
        futures.add(threads.submit(() -> step(recipe, precision, end)));
      }
      List<Seen> all = new ArrayList<>();
      for (Future<Seen> future : futures) {
        all.add(future.get(30, TimeUnit.SECONDS));
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Seen step(Recipe recipe, Precision precision, Exchange exchange) {
    T5Config config = recipe.config();
    try (PointerScope scope = new PointerScope();
        T5Model model = TinyModel.model(config, precision, exchange.rank(), exchange.size())) {
      int from = Math.toIntExact(Exchange.sliceStart(SEQUENCES, exchange.rank(), exchange.size()));
      int to =
          Math.toIntExact(Exchange.sliceStart(SEQUENCES, exchange.rank() + 1, exchange.size()));
      Inputs inputs = Inputs.of(BATCH, from, to, config.grouping());
      Decisions decisions = new Decisions();
      Pass pass = recipe.pass(Tape.recording(), exchange, 0, decisions);
      GradientStep.train(model, inputs, pass, recipe.objective());
      assertThat(decisions.layers)
          .as(recipe.name())
          .isEqualTo(SparseLayers.of(config).stream().map(SparseLayer::name).toList());
      return new Seen(exchange.traffic(), decisions.rows);
    }
  }
}
