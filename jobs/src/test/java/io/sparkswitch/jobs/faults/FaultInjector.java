package io.sparkswitch.jobs.faults;

import io.sparkswitch.jobs.gang.PhaseListener;
import io.sparkswitch.jobs.gang.Place;
import io.sparkswitch.model.exchange.BadPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;

/** Lets a plan's faults happen in an executor; in the jar of {@link FaultJar} only. */
public final class FaultInjector implements PhaseListener {
  /** Until the heartbeat has told the phase. */
  private static final long TOLD_MILLIS = 100;

  private static final long DAWDLE_MILLIS = 6000;
  private static final int CONTINUE_SECONDS = 4;
  private static final long BYTES_ON_FULL_DISK = 10_000;

  private final List<Fault> left =
      new CopyOnWriteArrayList<>(Fault.of(SparkEnv.get().conf().get(Fault.PLAN)));

  @Override
  public void entered(Place place, Object exchange) {
    for (Fault fault : left) {
      boolean here = fault.isAt(place.attempt(), place.rank(), place.phase(), place.step());
      if (here && left.remove(fault)) {
        try {
          happen(fault, exchange);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private static void happen(Fault fault, Object exchange)
      throws IOException, InterruptedException {
    Thread.sleep(TOLD_MILLIS);
    long pid = ProcessHandle.current().pid();
    note(fault);
    switch (fault.kind()) {
      case KILL -> signal("KILL", pid);
      case KILL_DRIVER, KILL_WORKER -> signal("KILL", parent());
      case DECOMMISSION_WORKER -> signal("PWR", parent());
      case TERMINATE -> signal("TERM", pid);
      case DECOMMISSION, POWER_FAILURE -> signal("PWR", pid);
      case STOP -> stop(pid);
      case DAWDLE -> Thread.sleep(DAWDLE_MILLIS);
      case BAD_FRAME -> BadPeer.sendNoFrame(exchange);
      case CLOSE -> BadPeer.hangUp(exchange);
      case SHUT_PORT -> ListeningPort.shutNext();
      case FULL_DISK -> run("prlimit", "--pid", "" + pid, "--fsize=" + BYTES_ON_FULL_DISK);
      case CORRUPT -> corruptNewest();
    }
  }

  /** Who started this process. */
  private static long parent() {
    return ProcessHandle.current().parent().orElseThrow().pid();
  }

  private static void note(Fault fault) throws IOException {
    Files.writeString(
        Path.of(SparkEnv.get().conf().get(Fault.NOTES)),
        "%s %d%n".formatted(Fault.toText(List.of(fault)), System.currentTimeMillis()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    run("kill", "-" + name, "" + pid);
    if (name.equals("KILL")) {
      Thread.sleep(60_000); // in which this process ends
    }
  }

  /** By a process that is not stopped with this one. */
  private static void stop(long pid) throws IOException, InterruptedException {
    String script = "kill -STOP %d; sleep %d; kill -CONT %d".formatted(pid, CONTINUE_SECONDS, pid);
    new ProcessBuilder("setsid", "sh", "-c", script).start();
    Thread.sleep(1000); // it is stopped meanwhile
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException("%s ended with %d".formatted(List.of(command), code));
    }
  }

  private static void corruptNewest() throws IOException {
    Path checkpoints = Path.of(SparkEnv.get().conf().get(Fault.RUN), "checkpoints");
    Path newest;
    try (Stream<Path> steps = Files.list(checkpoints)) {
      newest = steps.filter(FaultInjector::isCommitted).max(Path::compareTo).orElseThrow();
    }
    try (Stream<Path> shards = Files.list(newest)) {
      for (Path shard : shards.filter(s -> s.toString().endsWith(".safetensors")).toList()) {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[bytes.length - 1] ^= 1;
        Files.write(shard, bytes);
      }
    }
  }

  private static boolean isCommitted(Path step) {
    try (Stream<Path> files = Files.list(step)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("manifest-"));
    } catch (IOException e) {
      return false; // the folder of attempts has none
    }
  }
}
