package io.sparkswitch.jobs.loop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.jobs.loop.StepMemory.Member;
import io.sparkswitch.jobs.loop.StepTime.Rates;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Messages;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.t5.StepFlops;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A step's plan for a machine.
 *
 * @param step what is told
 */
record StepJson(StepPlan step) {

  ObjectNode all(Optional<Rates> rates) {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    StepWireSummary summary = StepWireSummary.of(step);
    ObjectNode wire = all.putObject("wire");
    wire.put("executor", summary.rank());
    traffic(wire.putObject("executorIfBalanced"), summary.balanced());
    traffic(wire.putObject("executorAtMost"), summary.most());
    traffic(wire.putObject("driver"), summary.driver());
    wire.put("reportBytesPerExecutor", step.wire().reportBytes());
    ObjectNode flops = all.putObject("flops");
    flops(flops.putObject("gang"), step.flops());
    flops(
        flops.putObject("executorIfBalanced"),
        step.flops(summary.rank(), step.rows(Supposition.BALANCED)));
    StepMemory memory = step.memory();
    ObjectNode members = all.putObject("memory");
    member(members.putObject("driver"), memory.driver());
    member(members.putObject("executor"), memory.executor());
    rates.ifPresent(given -> time(all.putObject("stepSeconds"), step.time(given)));
    return all;
  }

  private static void traffic(ObjectNode node, PlannedTraffic traffic) {
    way(node.putObject("sent"), traffic::sent, traffic.sent());
    way(node.putObject("received"), traffic::received, traffic.received());
  }

  private static void way(ObjectNode node, Function<Direction, Messages> by, Messages all) {
    node.put("messages", all.count())
        .put("bytes", all.bytes())
        .put("framedBytes", all.framed())
        .put("encryptedBytesAtMost", all.encryptedAtMost());
    ObjectNode bytes = node.putObject("bytesByDirection");
    for (Direction direction : Direction.values()) {
      if (by.apply(direction).count() > 0) {
        bytes.put(name(direction), by.apply(direction).bytes());
      }
    }
  }

  private static String name(Direction direction) {
    return direction.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void flops(ObjectNode node, StepFlops flops) {
    node.put("forwardProjections", flops.projections())
        .put("forwardScores", flops.scores())
        .put("forwardExperts", flops.experts())
        .put("forwardRouters", flops.routers())
        .put("forwardLogits", flops.logits())
        .put("forward", flops.forward())
        .put("training", step.training(flops));
  }

  private static void member(ObjectNode node, Member member) {
    HeldMemory held = member.held();
    node.put("values", held.values())
        .put("gradients", held.gradients())
        .put("optimizerState", held.optimizerState())
        .put("scratch", held.scratch())
        .put("checkpointSnapshot", held.snapshot())
        .put("arrivingAtMost", member.arriving())
        .put("activationsAtMost", member.activations())
        .put("networkAtMost", member.network())
        .put("outsideHeapAtMost", member.outsideHeap())
        .put("heapAtMost", member.heap());
  }

  private static void time(ObjectNode node, StepTime time) {
    node.put("computation", time.computation())
        .put("executorWire", time.executorWire())
        .put("driverWire", time.driverWire())
        .put("step", time.total());
  }
}
