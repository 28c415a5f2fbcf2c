package io.sparkswitch.jobs.loop;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Native memory that parameters take in training, in bytes: what members hold all the time. What is
 * computed on the way comes on top.
 *
 * @param driver the driver's
 * @param executor that of the executor with the most experts
 */
public record ParameterMemory(long driver, long executor) {
  static ParameterMemory of(Plan plan) {
    int most =
        IntStream.range(0, plan.executors())
            .boxed()
            .max(Comparator.comparing(plan::expertsOf))
            .orElseThrow();
    return new ParameterMemory(
        HeldMemory.ofDriver(plan).sum(), HeldMemory.ofExecutor(plan, most).sum());
  }
}
