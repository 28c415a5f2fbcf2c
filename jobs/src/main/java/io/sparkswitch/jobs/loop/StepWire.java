package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.moe.SparseLayer;
import io.sparkswitch.model.moe.SparseLayer.Travel;
import io.sparkswitch.model.t5.SparseLayers;
import java.util.Comparator;
import java.util.List;

/**
 * All messages of one training step: the twin of {@link RankSet} and {@link Rank}, from the order
 * to train to the parameters that everybody holds afterwards. Checkpoints, evaluations and
 * heartbeats are no part of a step.
 *
 * @param plan the run
 */
record StepWire(Plan plan) {
  /** Train, update, take the parameters. */
  private static final int ORDERS = 3;

  /**
   * @param rows what the routers of the step decide; not asked for without experts
   */
  PlannedTraffic executor(int rank, RoutedRows rows) {
    PlannedTraffic traffic = new PlannedTraffic(rank, plan.executors());
    List<SparseLayer> layers = SparseLayers.of(plan.architecture());
    for (int part = 0; part < plan.config().training().microBatches(); part++) {
      for (int layer = 0; layer < layers.size() && plan.executors() > 1; layer++) {
        layers
            .get(layer)
            .train(
                traffic, travel(), rows.sent(part, layer, rank), rows.received(part, layer, rank));
      }
    }
    long dense = plan.denseParameters();
    long slice = plan.parameterBytes() * traffic.slice(dense, rank);
    traffic.reduceScatter(Direction.REDUCE_SCATTER, dense, plan.parameterBytes());
    traffic.send(Direction.TO_DRIVER, slice);
    traffic.send(Direction.CONTROL, reportBytes());
    if (!layers.isEmpty()) {
      traffic.reduceScatter(Direction.METRICS, metrics(), Double.BYTES);
      traffic.send(Direction.METRICS, Double.BYTES * traffic.slice(metrics(), rank));
    }
    for (int i = 0; i < ORDERS; i++) {
      traffic.receive(Direction.CONTROL, Order.BYTES);
    }
    traffic.receive(Direction.FROM_DRIVER, slice);
    traffic.allGather(Direction.ALL_GATHER, dense, plan.parameterBytes());
    return traffic;
  }

  /**
   * Slices that together are the dense vector, once each way; and what does not count in
   * parameters.
   */
  PlannedTraffic driver() {
    PlannedTraffic traffic = new PlannedTraffic(Exchange.DRIVER, plan.executors());
    long report = reportBytes();
    long metrics = metrics();
    for (int rank = 0; rank < plan.executors(); rank++) {
      long slice = plan.parameterBytes() * traffic.slice(plan.denseParameters(), rank);
      for (int i = 0; i < ORDERS; i++) {
        traffic.send(Direction.CONTROL, Order.BYTES);
      }
      traffic.send(Direction.FROM_DRIVER, slice);
      traffic.receive(Direction.TO_DRIVER, slice);
      traffic.receive(Direction.CONTROL, report);
      if (metrics > 0) {
        traffic.receive(Direction.METRICS, Double.BYTES * traffic.slice(metrics, rank));
      }
    }
    return traffic;
  }

  /** Of what each rank reports of a step by itself. */
  long reportBytes() {
    return RankReport.none().toBytes().length;
  }

  /** Numbers that the ranks add up of their sparse layers. */
  private long metrics() {
    return new LayerSums(SparseLayers.of(plan.architecture())).length();
  }

  /** Bytes of one entry of an activation, on the wire and in memory. */
  long entryBytes() {
    return Architecture.precision(plan.config()).activationBytes();
  }

  private Travel travel() {
    return new Travel(entryBytes(), plan.config().model().expertDropoutRate() > 0);
  }

  /** The rank that moves most where routing is balanced. */
  int busiest() {
    Comparator<Integer> load =
        Comparator.<Integer>comparingLong(this::balancedRows)
            .thenComparingInt(plan::expertsOf)
            .thenComparingLong(this::slice);
    int busiest = 0;
    for (int rank = 1; rank < plan.executors(); rank++) {
      if (load.compare(rank, busiest) > 0) {
        busiest = rank;
      }
    }
    return busiest;
  }

  private long slice(int rank) {
    int size = plan.executors();
    long dense = plan.denseParameters();
    return Exchange.sliceStart(dense, rank + 1, size) - Exchange.sliceStart(dense, rank, size);
  }

  /** In proportion to the rows that leave or reach a rank. */
  private long balancedRows(int rank) {
    if (plan.architecture().experts() == 0) {
      return 0;
    }
    int batch = plan.config().training().batchSize();
    long own = plan.sequences(rank);
    long local = plan.expertsOf(rank);
    return own * (plan.architecture().experts() - local) + (batch - own) * local;
  }
}
