package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.ExchangeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.Success$;
import org.apache.spark.TaskEndReason;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.TaskKilledException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Where the tasks of one attempt run and why they ended, to tell an executor that was lost from one
 * that failed by itself: the latter would only fail again.
 *
 * <p>Concurrency: Spark's listener thread writes, the supervisor reads.
 */
final class StageWatch extends SparkListener {
  private static final String GROUP = "spark.jobGroup.id";

  /** What a task runs into when another one, or the whole stage, has ended. */
  private static final Set<String> CONSEQUENCES =
      Set.of(
          ExchangeException.class.getName(),
          TaskKilledException.class.getName(),
          InterruptedException.class.getName());

  private final String group;
  private final Predicate<String> decommissioned;
  private final Set<Object> stages = new HashSet<>();
  private final Map<Integer, Placement> placements = new HashMap<>();
  private final List<TaskFailedReason> reasons = new ArrayList<>();
  private final Map<TaskFailedReason, Integer> ranks = new IdentityHashMap<>();
  private int ended;

  /** Where Spark has put a task. */
  record Placement(String executor, String host) {}

  /**
   * @param group Spark's job group of the attempt: tasks of an earlier one may still end
   * @param decommissioned whether Spark is about to do without an executor
   */
  StageWatch(String group, Predicate<String> decommissioned) {
    this.group = group;
    this.decommissioned = decommissioned;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    if (group.equals(start.properties().getProperty(GROUP))) {
      stages.addAll(CollectionConverters.asJava(start.stageIds()));
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    if (stages.contains(start.stageId())) {
      placements.put(
          start.taskInfo().index(),
          new Placement(start.taskInfo().executorId(), start.taskInfo().host()));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (!stages.contains(end.stageId())) {
      return;
    }
    TaskEndReason reason = end.reason();
    ended++;
    notifyAll();
    if (reason != Success$.MODULE$ && reason instanceof TaskFailedReason failed) {
      reasons.add(failed);
      ranks.put(failed, end.taskInfo().index());
    }
  }

  /** Names the rank that failed so. */
  synchronized String nameOf(ExceptionFailure failure) {
    int rank = ranks.get(failure);
    return placement(rank)
        .map(p -> "rank %d on %s (executor %s)".formatted(rank, p.host(), p.executor()))
        .orElse("rank " + rank);
  }

  synchronized Optional<Placement> placement(int rank) {
    return Optional.ofNullable(placements.get(rank));
  }

  /** Whether Spark is about to do without an executor, which need not know it. */
  boolean isDecommissioned(String executor) {
    return decommissioned.test(executor);
  }

  /** Waits a moment for the first failure to be told. */
  synchronized void awaitFailure(long millis) throws InterruptedException {
    long deadline = System.currentTimeMillis() + millis;
    for (long left = millis; reasons.isEmpty() && left > 0; ) {
      wait(left);
      left = deadline - System.currentTimeMillis();
    }
  }

  /** Waits a moment until so many tasks' ends are told: the cause may come after a consequence. */
  synchronized void awaitEnds(int tasks, long millis) throws InterruptedException {
    long deadline = System.currentTimeMillis() + millis;
    for (long left = millis; ended < tasks && !reasons.isEmpty() && left > 0; ) {
      wait(left);
      left = deadline - System.currentTimeMillis();
    }
  }

  /**
   * The failure that is a task's own, if there is one and no executor was lost: what the others
   * then run into is a consequence.
   */
  synchronized Optional<ExceptionFailure> ownFailure() {
    if (reasons.stream().anyMatch(ExecutorLostFailure.class::isInstance)) {
      return Optional.empty();
    }
    return reasons.stream()
        .filter(ExceptionFailure.class::isInstance)
        .map(ExceptionFailure.class::cast)
        .filter(failure -> !CONSEQUENCES.contains(failure.className()))
        .findFirst();
  }

  /** A task whose executor Spark knows to be gone. */
  record Gone(int rank, String why) {}

  /** The first that Spark told of. */
  synchronized Optional<Gone> gone() {
    return reasons.stream()
        .filter(ExecutorLostFailure.class::isInstance)
        .map(reason -> new Gone(ranks.get(reason), firstLine(reason)))
        .findFirst();
  }

  private static String firstLine(TaskFailedReason reason) {
    return reason.toErrorString().lines().findFirst().orElse("");
  }

  /** How executors were lost or what they met, for a sentence; empty if no task told. */
  synchronized Optional<String> losses() {
    Optional<String> lost =
        reasons.stream()
            .filter(reason -> !(reason instanceof TaskKilled))
            .filter(reason -> !(reason instanceof ExceptionFailure))
            .map(StageWatch::firstLine)
            .distinct()
            .reduce((a, b) -> a + "; " + b);
    return lost.or(
        () ->
            reasons.stream()
                .filter(ExceptionFailure.class::isInstance)
                .map(reason -> ((ExceptionFailure) reason).description())
                .findFirst());
  }
}
