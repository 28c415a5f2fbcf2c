package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.jobs.loop.StepTime.Rates;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.moe.SparseLayer;
import io.sparkswitch.model.t5.SparseLayers;
import io.sparkswitch.model.t5.StepFlops;
import io.sparkswitch.model.t5.Work;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What one training step costs.
 *
 * @param plan the run
 * @param inputs encoder positions of a sequence
 * @param targets decoder positions of a sequence
 */
public record StepPlan(Plan plan, int inputs, int targets) {

  StepWire wire() {
    return new StepWire(plan);
  }

  RoutedRows rows(Supposition supposition) {
    return new ReckonedRows(this, supposition);
  }

  /** Bytes of messages that the driver sends and receives, without the headers of their frames. */
  public long driverBytes() {
    PlannedTraffic driver = wire().driver();
    return driver.sent().bytes() + driver.received().bytes();
  }

  public StepMemory memory() {
    return StepMemory.of(this);
  }

  /** Forward, of the whole gang, where there is no padding and no expert is full. */
  StepFlops flops() {
    int batch = plan.config().training().batchSize();
    return StepFlops.of(
        plan.architecture(), Work.full(plan.architecture(), batch, inputs, targets));
  }

  /**
   * Forward, of one executor, without padding.
   *
   * @param rows not asked for without experts
   */
  StepFlops flops(int rank, RoutedRows rows) {
    long sequences = plan.sequences(rank);
    List<SparseLayer> layers = SparseLayers.of(plan.architecture());
    long products = 0;
    for (int part = 0; part < plan.config().training().microBatches(); part++) {
      for (int layer = 0; layer < layers.size(); layer++) {
        long computed = Arrays.stream(rows.received(part, layer, rank)).sum();
        products += Math.multiplyExact(computed, layers.get(layer).expertWeights());
      }
    }
    Work work = new Work(sequences, inputs, targets, sequences * targets, products);
    return StepFlops.of(plan.architecture(), work);
  }

  /** Of the largest micro-batch of an executor. */
  long sequencesOfPart(int rank) {
    int group = plan.config().routing().groupSequences();
    int parts = plan.config().training().microBatches();
    int batch = plan.config().training().batchSize();
    Share share = Share.of(batch, group, rank, plan.executors());
    long most = 0;
    for (int part = 0; part < parts; part++) {
      Share micro = share.part(group, part, parts);
      most = Math.max(most, micro.to() - micro.from());
    }
    return most;
  }

  /** Forward and backward, and what is computed once more. */
  long training(StepFlops forward) {
    return forward.training(activations());
  }

  Activations activations() {
    return Activations.valueOf(plan.config().training().activations().name());
  }

  StepTime time(Rates rates) {
    StepWireSummary summary = StepWireSummary.of(this);
    long flops = training(flops(summary.rank(), rows(Supposition.BALANCED)));
    return StepTime.of(summary, flops, rates);
  }

  /** For a person. */
  public List<String> sentences() {
    return new StepSentences(this).all();
  }

  /** For a person who knows how fast machines are. */
  public String timeSentence(Rates rates) {
    return StepSentences.time(time(rates));
  }

  /** For a machine, in bytes, operations and seconds. */
  public ObjectNode json(Optional<Rates> rates) {
    return new StepJson(this).all(rates);
  }
}
