package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.faults.Fault;
import io.sparkswitch.jobs.faults.Fault.Kind;
import io.sparkswitch.jobs.gang.RankPhase;
import io.sparkswitch.jobs.packaging.ProgramOutput;
import io.sparkswitch.jobs.track.StepMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real processes to which real faults happen. The table of what was seen is printed at the end;
 * that of the long suite is in docs/gang.md.
 */
@ExtendWith(TinyJourney.Extension.class)
class FaultsIT {
  private static final Duration NOTICED = Duration.ofSeconds(2);

  /** Ranks dial each other when all have come, of which one may have just been started. */
  private static final Duration DIALLED = Duration.ofSeconds(10);

  private static final Duration ENDED = Duration.ofSeconds(30);
  private static final List<String> TABLE = new ArrayList<>();

  private static TinyJourney journey;
  private static TrainedRun unbroken;

  @BeforeAll
  static void trainUndisturbed(TinyJourney shared) throws Exception {
    journey = shared;
    unbroken = journey.trainedSwitch();
  }

  @AfterAll
  static void printTable() throws IOException {
    String head =
        "| phase | fault | noticed after | named | steps repeated |\n|---|---|---|---|---|\n";
    String table = head + String.join("\n", TABLE) + "\n";
    System.out.println(table);
    Files.writeString(Path.of("target", "faults.md"), table);
  }

  @Test
  void aKilledExecutorIsNamedAndReplacedAndTheRunEndsAsIfNothingHadHappened() throws Exception {
    assertSurvived("killed", List.of(new Fault(0, 1, RankPhase.BACKWARD_EXCHANGE, 13, Kind.KILL)));
  }

  @Test
  @Tag("long")
  void aStoppedExecutorIsNoLoss() throws Exception {
    assertSurvived("stopped", List.of(new Fault(0, 0, RankPhase.OPTIMIZER, 23, Kind.STOP)));
  }

  @ParameterizedTest
  @EnumSource(names = {"DECOMMISSION", "POWER_FAILURE"})
  @Tag("long")
  void aDecommissionedExecutorLeavesAfterACheckpoint(Kind kind) throws Exception {
    Fault fault = new Fault(0, 1, RankPhase.COMPUTATION, 23, kind);

    FaultyRun run = assertSurvived("left-by-" + kind, List.of(fault));

    assertThat(run.driver().output())
        .containsPattern("an executor was told to end, there is a checkpoint of step 2\\d");
  }

  @Test
  @Tag("long")
  void anExecutorKilledInTheMiddleOfACheckpointIsNoLoss() throws Exception {
    assertSurvived("writing", List.of(new Fault(0, 1, RankPhase.CHECKPOINT_WRITE, 40, Kind.KILL)));
  }

  @Test
  @Tag("long")
  void everyOtherPhaseAndFault() throws Exception {
    List<Fault> faults =
        List.of(
            new Fault(0, 0, RankPhase.RENDEZVOUS, Fault.ANY, Kind.KILL),
            new Fault(1, 1, RankPhase.RENDEZVOUS, Fault.ANY, Kind.STOP),
            new Fault(2, 1, RankPhase.FORWARD_EXCHANGE, 5, Kind.KILL),
            new Fault(3, 0, RankPhase.GRADIENT_AGGREGATION, 17, Kind.KILL),
            new Fault(4, 1, RankPhase.OPTIMIZER, 26, Kind.KILL),
            new Fault(5, 0, RankPhase.FORWARD_EXCHANGE, 28, Kind.STOP),
            new Fault(6, 1, RankPhase.GRADIENT_AGGREGATION, 33, Kind.BAD_FRAME),
            new Fault(7, 1, RankPhase.FORWARD_EXCHANGE, 36, Kind.CLOSE),
            new Fault(8, 0, RankPhase.FORWARD_EXCHANGE, 45, Kind.CORRUPT),
            new Fault(8, 0, RankPhase.BACKWARD_EXCHANGE, 45, Kind.KILL),
            new Fault(9, 0, RankPhase.RENDEZVOUS, Fault.ANY, Kind.SHUT_PORT),
            new Fault(10, 1, RankPhase.COMPUTATION, 52, Kind.TERMINATE));

    FaultyRun run = assertSurvived("stricken", faults);

    assertThat(run.driver().output())
        .containsPattern(
            "Checkpoint .*/step-00000040 is passed over: .* cannot be read: .*; using"
                + " .*/step-00000030")
        .containsPattern("Continuing from .*/step-00000030")
        .containsPattern("cannot reach rank 0 \\(\\S+:\\d+; log: .*\\): Connection refused")
        .containsPattern("an executor was told to end, there is a checkpoint of step 5\\d");
  }

  @Test
  @Tag("long")
  void twentyRandomKillsLeadToTheSameFinalLoss() throws Exception {
    SplittableRandom random = new SplittableRandom(20);
    RankPhase[] phases = {
      RankPhase.FORWARD_EXCHANGE,
      RankPhase.BACKWARD_EXCHANGE,
      RankPhase.GRADIENT_AGGREGATION,
      RankPhase.OPTIMIZER,
      RankPhase.PARAMETERS
    };
    List<Long> steps = random.longs(20, 0, TinyJourney.STEPS).sorted().boxed().toList();
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      RankPhase phase = phases[random.nextInt(phases.length)];
      faults.add(new Fault(i, random.nextInt(2), phase, steps.get(i), Kind.KILL));
    }

    assertSurvived("doomed", faults, "--set", "gang.max-attempts=21");
  }

  @Test
  @Tag("long")
  void aSlowExecutorAndStrangersAtTheDoorDisturbNobody() throws Exception {
    FaultyRun run =
        FaultyRun.start(
            journey,
            "dawdled",
            List.of(new Fault(0, 1, RankPhase.BACKWARD_EXCHANGE, 13, Kind.DAWDLE)));
    Awaitility.await("step 5").atMost(TinyJourney.BOUND).until(() -> run.run().lastStep() >= 5);
    List<Socket> halfOpen = new ArrayList<>();
    for (int port : listening(run.driver().handle())) {
      Socket socket = new Socket();
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      socket.getOutputStream().write(new byte[] {0x53, 0x57, 0x48});
      halfOpen.add(socket);
    }
    assertThat(halfOpen).as("ports of driver and executors").hasSizeGreaterThanOrEqualTo(4);

    ProgramOutput result = run.await();

    for (Socket socket : halfOpen) {
      socket.close();
    }
    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).doesNotContain("Lost rank").doesNotContain("Attempt 0 ended");
    assertSameEnd(run.run());
    run.assertNothingIsLeft();
    row("backward exchange", "slow for 6 s; half-open sockets at every port", "–", "nobody", "0");
  }

  @Test
  @Tag("long")
  void aFullDiskEndsTheRunWithItsNameAndTheSameCommandGoesOn() throws Exception {
    Fault fault = new Fault(0, 1, RankPhase.CHECKPOINT_WRITE, 20, Kind.FULL_DISK);
    FaultyRun run = FaultyRun.start(journey, "full", List.of(fault));

    ProgramOutput result = run.await();

    Duration ended = run.allEndedAfter(fault);
    assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    assertThat(ended).as("from the fault to the run's end").isLessThan(ENDED);
    assertThat(result.output())
        .containsPattern("cannot write .*step-00000020/experts-001-of-002-attempt-000")
        .containsPattern("rank 1 on \\S+ \\(executor \\d\\) failed")
        .contains("the run can go on from its last checkpoint once there is room");
    String again = journey.launch(2, journey.pretrain("switch", "full"));
    assertThat(again).contains("Resuming at step 10.");
    assertSameEnd(run.run());
    run.assertNothingIsLeft();
    row(
        "checkpoint write of step 20",
        "full disk",
        seconds(ended) + " to the end of all processes",
        "rank, host, executor, file; exit code 1",
        "10");
  }

  @Test
  @Tag("long")
  void aKilledDriverLeavesNothingAndTheSameCommandGoesOn() throws Exception {
    Fault fault = new Fault(0, 0, RankPhase.CHECKPOINT_WRITE, 30, Kind.KILL_DRIVER);
    FaultyRun run = FaultyRun.start(journey, "beheaded", List.of(fault));

    assertThat(run.await().exitCode()).isEqualTo(137);
    Duration ended = run.allEndedAfter(fault);
    assertThat(ended).as("from the kill to the executors' end").isLessThan(ENDED);
    String again = journey.launch(2, journey.pretrain("switch", "beheaded"));

    assertThat(again)
        .contains("Taking over")
        .contains("which stopped without giving it back")
        .contains("Resuming at step 20.");
    assertSameEnd(run.run());
    run.assertNothingIsLeft();
    row(
        "checkpoint write of step 30",
        "SIGKILL of the driver",
        seconds(ended) + " to the end of all processes",
        "holder of the lease, by the next driver",
        "10");
  }

  @Test
  @Tag("long")
  void aDriverThatIsAskedToEndLeavesACheckpointAndExits75() throws Exception {
    FaultyRun run =
        FaultyRun.start(
            journey, "asked", List.of(new Fault(0, 1, RankPhase.OPTIMIZER, 13, Kind.DAWDLE)));
    // Whose update rank 1 dawdles over, so that the driver waits within the next.
    Awaitility.await("step 14").atMost(TinyJourney.BOUND).until(() -> run.run().lastStep() >= 14);
    long askedAt = System.nanoTime();
    run.driver().handle().destroy();

    ProgramOutput result = run.await();
    Duration ended = Duration.ofNanos(System.nanoTime() - askedAt);

    assertThat(result.exitCode()).as(result.output()).isEqualTo(75);
    assertThat(result.output())
        .contains("asked to end, at step 15, of which there is a checkpoint");
    assertThat(Files.readString(journey.at("asked/status.json"))).contains("75");
    String again = journey.launch(2, journey.pretrain("switch", "asked"));
    assertThat(again).contains("Resuming at step 15.");
    assertSameEnd(run.run());
    run.assertNothingIsLeft();
    row(
        "optimizer of step 13, which a rank dawdles over",
        "SIGTERM of the driver",
        seconds(ended) + " to its end",
        "exit code 75",
        "0");
  }

  /** Every fault is noticed in time and named, and the run ends as the one without. */
  private static FaultyRun assertSurvived(String out, List<Fault> faults, String... more)
      throws Exception {
    FaultyRun run = FaultyRun.start(journey, out, faults, more);

    ProgramOutput result = run.await();

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(run.happened().keySet()).as(result.output()).containsExactlyElementsOf(faults);
    List<Fault> ends = faults.stream().filter(f -> f.kind() != Kind.CORRUPT).toList();
    List<Long> from = run.continuedFrom();
    assertThat(from).as(result.output()).hasSameSizeAs(ends);
    for (int i = 0; i < ends.size(); i++) {
      assertNoticed(run, ends.get(i), from.get(i));
    }
    assertSameEnd(run.run());
    run.assertNothingIsLeft();
    return run;
  }

  private static void assertNoticed(FaultyRun run, Fault fault, long from) throws IOException {
    Map.Entry<String, Duration> detection = run.detection(fault);
    Duration bound =
        switch (fault.kind()) {
          case STOP -> FaultyRun.SUSPECT_AFTER.plus(NOTICED);
          case SHUT_PORT -> DIALLED.plus(NOTICED);
          default -> NOTICED;
        };
    assertThat(detection.getValue()).as("%s: %s", fault, detection.getKey()).isLessThan(bound);
    switch (fault.kind()) {
      case KILL, STOP ->
          assertThat(detection.getKey())
              .startsWith("Lost rank %d on ".formatted(fault.rank()))
              .contains("(executor ")
              .containsPattern(", at .*" + fault.phase())
              .contains("; its log: ")
              .contains(fault.kind() == Kind.STOP ? "was silent for 2." : "died: its connection");
      case TERMINATE, DECOMMISSION, POWER_FAILURE ->
          assertThat(detection.getKey()).contains("an executor was told to end");
      default -> assertThat(detection.getKey()).contains("rank " + fault.rank());
    }
    long reached = fault.phase() == RankPhase.RENDEZVOUS ? 0 : fault.step();
    String repeated = "" + Math.max(0, reached - from);
    String phase = fault.phase() + (fault.step() < 0 ? "" : " of step " + fault.step());
    String named =
        detection.getKey().startsWith("Lost rank")
            ? "rank, host, executor, phase, log"
            : "rank and address";
    row(
        phase,
        fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        seconds(detection.getValue()),
        named,
        repeated);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1e3);
  }

  private static void row(String... cells) {
    TABLE.add("| " + String.join(" | ", cells) + " |");
  }

  private static void assertSameEnd(TrainedRun run) throws IOException {
    assertThat(run.metrics().stream().map(StepMetrics::step))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, TinyJourney.STEPS).boxed().toList());
    assertThat(run.metricsWithoutTime()).isEqualTo(unbroken.metricsWithoutTime());
    assertThat(EventFiles.scalar(run.folder(), "loss").values())
        .as("TensorBoard shows the losses, each step once")
        .containsExactlyElementsOf(run.losses().stream().map(Double::floatValue).toList());
    assertThat(run.digests(TinyJourney.STEPS)).isEqualTo(unbroken.digests(TinyJourney.STEPS));
  }

  /** Ports on which a process and its children listen. */
  private static List<Integer> listening(ProcessHandle driver) throws Exception {
    List<Long> pids = new ArrayList<>(List.of(driver.pid()));
    driver.descendants().forEach(child -> pids.add(child.pid()));
    Process ss = new ProcessBuilder("ss", "-Hltnp").start();
    String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    List<Integer> ports = new ArrayList<>();
    text.lines()
        .filter(line -> pids.stream().anyMatch(pid -> line.contains("pid=" + pid + ",")))
        .map(line -> line.trim().split("\\s+")[3])
        .forEach(
            address ->
                ports.add(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))));
    return ports;
  }
}
