package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.loop.ReckonedRows.Supposition;
import io.sparkswitch.jobs.loop.StepMemory.Member;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.PlannedTraffic;
import io.sparkswitch.model.t5.StepFlops;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A step's plan in words.
 *
 * @param step what is told
 */
record StepSentences(StepPlan step) {
  List<String> all() {
    List<String> all =
        new ArrayList<>(
            new PlanSentences(step.plan(), step.inputs(), step.targets()).architecture());
    StepWireSummary summary = StepWireSummary.of(step);
    all.add(flops(summary));
    all.add(driver(summary));
    all.add(executor(summary));
    if (step.plan().architecture().experts() > 0 && step.plan().executors() > 1) {
      all.add(tokens(summary));
    }
    all.add(
        "On the wire each message has a header of 44 bytes, and another for every 4 MiB begun: they are counted here; TLS adds at most 22 bytes a header and a record of 16 KiB. Heartbeats, checkpoints and evaluations come besides.");
    StepMemory memory = step.memory();
    all.add(memory("Driver", memory.driver()));
    all.add(memory("Executor", memory.executor()));
    return all;
  }

  private String flops(StepWireSummary summary) {
    StepFlops gang = step.flops();
    StepFlops one = step.flops(summary.rank(), step.rows(Supposition.BALANCED));
    return text(
        "A step is %s floating point operations of matrix products, if nothing is padding and no expert full: forward %s in projections and feed-forwards, %s in attention scores, %s in experts, %s in routers, %s in logits, and backward twice that%s; %s on the busiest executor if routing is balanced. Norms, activations, softmax, dropout and the optimizer are not counted.",
        Magnitude.inWords(step.training(gang)),
        Magnitude.inWords(gang.projections()),
        Magnitude.inWords(gang.scores()),
        Magnitude.inWords(gang.experts()),
        Magnitude.inWords(gang.routers()),
        Magnitude.inWords(gang.logits()),
        step.training(gang) > 3 * gang.forward() ? ", and all but the last two once more" : "",
        Magnitude.inWords(step.training(one)));
  }

  private String driver(StepWireSummary summary) {
    int executors = step.plan().executors();
    return text(
        "Wire, driver: sends %,d bytes a step and receives %,d; %,d each way are the dense vector, whatever the number of executors, so are %,d of what the routers did; the rest is %,d bytes of orders and %,d of report for each of %,d executor(s), and headers.",
        summary.driver().sent().framed(),
        summary.driver().received().framed(),
        summary.driver().sent(Direction.FROM_DRIVER).bytes(),
        summary.driver().received(Direction.METRICS).bytes(),
        summary.driver().sent(Direction.CONTROL).bytes() / executors,
        step.wire().reportBytes(),
        executors);
  }

  private String executor(StepWireSummary summary) {
    PlannedTraffic t = summary.balanced();
    return text(
        "Wire, executor %d: sends %,d bytes a step for gradients and parameters: %,d of its gradients to other executors, %,d of summed gradients to the driver, %,d of its slice of parameters to other executors; it receives %,d, %,d and %,d.",
        summary.rank(),
        StepWireSummary.denseSent(t),
        t.sent(Direction.REDUCE_SCATTER).bytes(),
        t.sent(Direction.TO_DRIVER).bytes(),
        t.sent(Direction.ALL_GATHER).bytes(),
        t.received(Direction.REDUCE_SCATTER).bytes(),
        t.received(Direction.FROM_DRIVER).bytes(),
        t.received(Direction.ALL_GATHER).bytes());
  }

  private String tokens(StepWireSummary summary) {
    PlannedTraffic t = summary.balanced();
    return text(
        "Wire, tokens of executor %d if routing is balanced: sends %,d bytes a step: dispatch %,d, combine %,d, their gradients %,d and %,d, counts and indices %,d; receives %,d; by capacity it can send %,d and receive %,d at most.",
        summary.rank(),
        StepWireSummary.tokensSent(t),
        t.sent(Direction.DISPATCH).bytes(),
        t.sent(Direction.COMBINE).bytes(),
        t.sent(Direction.DISPATCH_GRADIENT).bytes(),
        t.sent(Direction.COMBINE_GRADIENT).bytes(),
        t.sent(Direction.ROUTE_COUNTS).bytes() + t.sent(Direction.TOKEN_INDEX).bytes(),
        StepWireSummary.tokensReceived(t),
        StepWireSummary.tokensSent(summary.most()),
        StepWireSummary.tokensReceived(summary.most()));
  }

  private static String memory(String who, Member member) {
    HeldMemory held = member.held();
    return text(
        "%s: outside the heap %s: values %s, gradients %s, optimizer state %s and scratch %s, a copy for checkpoints %s, exactly; at most %s of gradients that arrive, %s of activations, %s of messages that wait; and about 300 MiB of libraries. On the heap at most %s in use at once, besides what Spark needs.",
        who,
        Magnitude.ofBytes(member.outsideHeap()),
        Magnitude.ofBytes(held.values()),
        Magnitude.ofBytes(held.gradients()),
        Magnitude.ofBytes(held.optimizerState()),
        Magnitude.ofBytes(held.scratch()),
        Magnitude.ofBytes(held.snapshot()),
        Magnitude.ofBytes(member.arriving()),
        Magnitude.ofBytes(member.activations()),
        Magnitude.ofBytes(member.network()),
        Magnitude.ofBytes(member.heap()));
  }

  static String time(StepTime time) {
    return text(
        "Time of a step at these rates, if nothing overlaps and routing is balanced: %.3f s: computation %.3f s, messages of executors %.3f s, of the driver %.3f s.",
        time.total(), time.computation(), time.executorWire(), time.driverWire());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
