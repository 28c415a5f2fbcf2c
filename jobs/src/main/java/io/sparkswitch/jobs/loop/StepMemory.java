package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.t5.ActivationMemory;
import io.sparkswitch.model.t5.SparseLayers;
import io.sparkswitch.model.t5.StackKind;
import java.util.Arrays;

/**
 * Bytes that the members of a gang need, with the largest executor's.
 *
 * @param driver the driver's
 * @param executor of the rank that moves most
 */
public record StepMemory(Member driver, Member executor) {
  /**
   * One member's.
   *
   * @param held exactly, all the time
   * @param arriving others' pieces of gradients while they are summed
   * @param activations of the micro-batches in work at once, at most
   * @param network messages that wait to be sent, or to be received, at most
   * @param heap objects in use at once, at most; what Spark needs and what waits to be collected
   *     comes on top
   */
  public record Member(HeldMemory held, long arriving, long activations, long network, long heap) {

    /** All but the heap and the libraries. */
    public long outsideHeap() {
      return held.sum() + arriving + activations + network;
    }
  }

  static StepMemory of(StepPlan step) {
    return new StepMemory(driver(step), executor(step, step.wire().busiest()));
  }

  private static Member driver(StepPlan step) {
    Plan plan = step.plan();
    long waiting = step.wire().driver().received().bytes(); // however many send it
    return new Member(HeldMemory.ofDriver(plan), 0, 0, waiting, HeapMemory.ofDriver(step));
  }

  private static Member executor(StepPlan step, int rank) {
    Plan plan = step.plan();
    PlannedTraffic traffic = step.wire().executor(rank, step.rows(Supposition.MOST));
    long slice = plan.parameterBytes() * traffic.slice(plan.denseParameters(), rank);
    return new Member(
        HeldMemory.ofExecutor(plan, rank),
        2 * Math.min(slice, Exchange.REDUCED_BYTES),
        MicroBatchTurns.inFlight(plan.config(), plan.executors()) * activations(step, rank),
        waiting(traffic, plan.executors()),
        HeapMemory.ofExecutor(step, rank));
  }

  /** In mailboxes: never more than is sent in a step. */
  private static long waiting(PlannedTraffic traffic, int links) {
    return Math.min(
        traffic.received().bytes(), links * Limits.DEFAULT.ofRank(links).mailboxBytes());
  }

  private static long activations(StepPlan step, int rank) {
    Plan plan = step.plan();
    ActivationMemory.Mode mode =
        new ActivationMemory.Mode(
            step.wire().entryBytes(),
            plan.config().model().dropoutRate() > 0,
            plan.config().model().expertDropoutRate() > 0,
            step.activations());
    ActivationMemory.Pass pass =
        new ActivationMemory.Pass(
            step.sequencesOfPart(rank),
            step.inputs(),
            step.targets(),
            rows(step, rank, StackKind.ENCODER),
            rows(step, rank, StackKind.DECODER));
    return new ActivationMemory(plan.architecture(), mode).atMost(pass);
  }

  /** Of the stack's layer and the micro-batch with the most; all layers of a stack are alike. */
  private static ActivationMemory.Rows rows(StepPlan step, int rank, StackKind stack) {
    int encoder = SparseLayers.of(step.plan().architecture(), StackKind.ENCODER).size();
    int all = SparseLayers.of(step.plan().architecture()).size();
    int layer = stack == StackKind.ENCODER ? 0 : encoder;
    long sent = 0;
    long computed = 0;
    if (layer < (stack == StackKind.ENCODER ? encoder : all)) {
      RoutedRows rows = step.rows(Supposition.MOST);
      for (int part = 0; part < step.plan().config().training().microBatches(); part++) {
        sent = Math.max(sent, Arrays.stream(rows.sent(part, layer, rank)).sum());
        computed = Math.max(computed, Arrays.stream(rows.received(part, layer, rank)).sum());
      }
    }
    return new ActivationMemory.Rows(sent, computed);
  }
}
