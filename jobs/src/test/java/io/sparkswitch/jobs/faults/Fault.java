package io.sparkswitch.jobs.faults;

import io.sparkswitch.jobs.gang.RankPhase;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What befalls a rank, and when.
 *
 * @param attempt of the gang
 * @param rank whose executor it befalls
 * @param phase that it has just entered
 * @param step that the phase is of, from 0; of a checkpoint its steps done
 * @param kind what
 */
public record Fault(int attempt, int rank, RankPhase phase, long step, Kind kind) {
  /** Spark property with the faults of a run. */
  public static final String PLAN = "spark.sparkswitch.test.faults";

  /** Spark property with the file in which they are noted as they happen. */
  public static final String NOTES = "spark.sparkswitch.test.notes";

  /** Spark property with the run folder. */
  public static final String RUN = "spark.sparkswitch.test.run";

  /** Any step: the first time that the phase is entered. */
  public static final long ANY = -1;

  /** Ways to fail. */
  public enum Kind {
    /** SIGKILL of the executor. */
    KILL,
    /** SIGKILL of the driver. */
    KILL_DRIVER,
    /** SIGKILL of the worker that started the executor. */
    KILL_WORKER,
    /** SIGPWR of the worker that started the executor: Spark decommissions both. */
    DECOMMISSION_WORKER,
    /** SIGTERM of the executor. */
    TERMINATE,
    /** SIGPWR of the executor: Spark's decommissioning, which is switched on. */
    DECOMMISSION,
    /** SIGPWR of the executor of a Spark that does not know it. */
    POWER_FAILURE,
    /** SIGSTOP of the executor, and SIGCONT when it has long been given up. */
    STOP,
    /** Three times gang.suspect-after of the tests, in which the rank does nothing. */
    DAWDLE,
    /** Bytes that are no frame, sent to the driver. */
    BAD_FRAME,
    /** The connection to the driver is closed. */
    CLOSE,
    /** The port on which the rank is to be dialled is shut as soon as it is open. */
    SHUT_PORT,
    /** No file of the executor can grow any more, as on a full disk. */
    FULL_DISK,
    /** A byte of each shard of the newest checkpoint is altered. */
    CORRUPT
  }

  /** As a property holds it. */
  public static String toText(List<Fault> faults) {
    return faults.stream()
        .map(f -> "%d/%d/%s/%d/%s".formatted(f.attempt, f.rank, f.phase.name(), f.step, f.kind))
        .collect(Collectors.joining(";"));
  }

  public static List<Fault> of(String text) {
    return Arrays.stream(text.split(";"))
        .map(fault -> fault.split("/"))
        .map(
            words ->
                new Fault(
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    RankPhase.valueOf(words[2]),
                    Long.parseLong(words[3]),
                    Kind.valueOf(words[4])))
        .toList();
  }

  boolean isAt(int itsAttempt, int itsRank, RankPhase itsPhase, long itsStep) {
    return attempt == itsAttempt
        && rank == itsRank
        && phase == itsPhase
        && (step == ANY || step == itsStep);
  }
}
