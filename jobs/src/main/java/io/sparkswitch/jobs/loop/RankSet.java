package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.loop.Order.Command;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.moe.LayerMetrics;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** All ranks of a gang, as the driver orders them about. */
final class RankSet {
  private final Exchange exchange;
  private final int attempt;
  private long tick;

  RankSet(Exchange exchange, int attempt) {
    this.exchange = exchange;
    this.attempt = attempt;
  }

  int size() {
    return exchange.size();
  }

  int attempt() {
    return attempt;
  }

  /** Gives every rank the dense parameters: a slice each, which they gather among themselves. */
  void sendParameters(Parameters dense) {
    order(Order.of(Command.PARAMETERS, 0));
    exchange.scatterFromDriver(tag(Direction.FROM_DRIVER), dense.values());
  }

  /** Waits until every rank has done what was ordered. */
  void await() {
    ask(Order.of(Command.AWAIT, 0));
  }

  /** How fast plain matrix products are on all ranks together, at the same time. */
  GemmPeak gemmPeak() {
    return ask(Order.of(Command.MEASURE, 0)).stream()
        .map(GemmPeak::of)
        .reduce(GemmPeak.NONE, GemmPeak::plus);
  }

  /** Has the experts read, with their optimizer's state. */
  void load(long step, int checkpointAttempt) {
    order(Order.of(Command.LOAD, step, checkpointAttempt));
  }

  /** Has the experts read for work that does not train them. */
  void loadExperts(long step, int checkpointAttempt) {
    order(Order.of(Command.LOAD_EXPERTS, step, checkpointAttempt));
  }

  /**
   * Has the gradients of a step computed; the dense ones arrive in {@code dense}.
   *
   * @param batch of the stream, that of the step where none is skipped
   */
  RankReport train(long step, long batch, DenseModel model) {
    Parameters dense = model.parameters();
    order(Order.of(Command.TRAIN, step, batch));
    exchange.gatherAtDriver(tag(Direction.TO_DRIVER), dense.gradients());
    List<LayerMetrics> layers = layers(model.layers());
    return reports().withLayers(layers);
  }

  /** Summed by the ranks, a slice from each. */
  private List<LayerMetrics> layers(LayerSums sums) {
    try (PointerScope scope = new PointerScope()) {
      Tensor numbers = Tensors.empty(ScalarType.Double, sums.length());
      if (sums.length() > 0) {
        exchange.gatherAtDriver(tag(Direction.METRICS), numbers);
      }
      return sums.metrics(Tensors.toDoubles(numbers));
    }
  }

  /** Has the experts updated; no rank updates before. */
  void update(long step, Verdict verdict) {
    order(new Order(Command.UPDATE, step, 0, verdict));
  }

  /** Has the experts written in the background. */
  void checkpoint(long step) {
    order(Order.of(Command.CHECKPOINT, step));
  }

  /** How far that is, of every rank. */
  List<ShardProgress> written(Duration patience) throws IOException {
    List<ShardProgress> all = new ArrayList<>();
    for (byte[] answer : ask(Order.of(Command.WRITTEN, 0, patience.toMillis()))) {
      all.add(ShardProgress.of(answer));
    }
    return all;
  }

  RankReport evaluate(EvaluationBatch batch) {
    order(batch.order());
    return reports();
  }

  void teach(long step) {
    ask(Order.of(Command.TEACH, step));
  }

  void beginTargets(long from, long to) {
    order(Order.of(Command.TARGETS_BEGIN, from, to));
  }

  /** Closes the files of soft targets; one answer a rank. */
  List<byte[]> endTargets() {
    return ask(Order.of(Command.TARGETS_END, 0));
  }

  void stop() {
    order(Order.of(Command.STOP, 0));
  }

  private List<byte[]> ask(Order order) {
    order(order);
    return answers();
  }

  private void order(Order order) {
    tick++;
    exchange.broadcast(tag(Direction.CONTROL), order.toBytes());
  }

  private RankReport reports() {
    return answers().stream().map(RankReport::of).reduce(RankReport.none(), RankReport::plus);
  }

  private List<byte[]> answers() {
    List<byte[]> answers = new ArrayList<>();
    for (int rank = 0; rank < size(); rank++) {
      answers.add(exchange.receiveBytes(rank, tag(Direction.CONTROL)));
    }
    return answers;
  }

  private Tag tag(Direction direction) {
    return new Tag(attempt, tick, 0, 0, direction);
  }
}
