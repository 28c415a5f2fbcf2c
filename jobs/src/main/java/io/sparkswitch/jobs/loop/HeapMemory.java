package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.batch.corruption.SegmentLengths;
import io.sparkswitch.jobs.conf.DataSettings;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.t5.T5Parameters;
import io.sparkswitch.model.tensor.ParameterSpec;
import java.util.List;

/** Bytes of Java's heap that a member has in use at once, at most, without what Spark needs. */
final class HeapMemory {
  private static final long FLOAT = 4;

  /** Largest id of a token that is kept in two bytes, not three. */
  private static final long SHORT_IDS = 1 << 16;

  /** Of what a router decides of a token and expert asked for: indices, and who is kept. */
  private static final long DECISION = 48;

  /** Of a token's group, first choice and its probability. */
  private static final long TOKEN_ROUTED = 4 + 8 + 4 + 8 + 4;

  /** Of a token of a batch: its id, as int and as it goes into a tensor. */
  private static final long TOKEN = 4 + 8;

  /** Of a token of a row group that is being read: decoded, and what Parquet holds of it. */
  private static final long TOKEN_READ = 16;

  /** Threads that read row groups at once: the stream's own, and at the start who asks it. */
  private static final long READERS = 2;

  private HeapMemory() {}

  /** Parameters as they are drawn at the start, and what the routers did. */
  static long ofDriver(StepPlan step) {
    long drawn = FLOAT * largest(T5Parameters.dense(step.plan().architecture()));
    return drawn + 2 * step.wire().driver().received(Direction.METRICS).bytes();
  }

  static long ofExecutor(StepPlan step, int rank) {
    Plan plan = step.plan();
    int experts = plan.architecture().experts();
    long drawn =
        FLOAT * largest(T5Parameters.experts(plan.architecture(), 0, Math.min(1, experts)));
    int longest = Math.max(step.inputs(), step.targets());
    long tokens = step.sequencesOfPart(rank) * longest;
    long choices = plan.architecture().training().selection().choices();
    long inFlight = MicroBatchTurns.inFlight(plan.config(), plan.executors());
    long routing = experts == 0 ? 0 : inFlight * tokens * (TOKEN_ROUTED + DECISION * choices);
    long batch = plan.config().training().batchSize();
    long batches = batch * (step.inputs() + 3L * step.targets()) * TOKEN;
    long positions = (long) longest * longest * TOKEN;
    return Math.max(drawn, routing + batches + positions) + segments(plan);
  }

  /** The shuffling window in use and the next, and row groups that are being read. */
  private static long segments(Plan plan) {
    RunConfig config = plan.config();
    DataSettings data = config.data();
    long length =
        SegmentLengths.of(data.inputsLength(), data.noiseDensity(), data.meanSpanLength())
            .segment();
    long ids = plan.architecture().vocab() < SHORT_IDS ? 2 : 3;
    long rowGroup = length * data.rowGroupSegments();
    return rowGroup * (2 * ids * data.shuffleWindowRowGroups() + READERS * TOKEN_READ);
  }

  private static long largest(List<ParameterSpec> specs) {
    return specs.stream().mapToLong(ParameterSpec::size).max().orElse(0);
  }
}
