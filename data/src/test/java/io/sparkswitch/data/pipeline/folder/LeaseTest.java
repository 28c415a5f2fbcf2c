package io.sparkswitch.data.pipeline.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;
  private final List<String> said = new ArrayList<>();

  @Test
  void aHeldLeaseNamesItsHolder() throws IOException {
    try (Lease first = acquire("first", Clock.systemUTC())) {
      assertThatThrownBy(() -> acquire("second", Clock.systemUTC()))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("is being written by first on")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      first.requireHeld();
    }
    assertThat(folder.resolve(Lease.FILE)).doesNotExist();
    acquire("second", Clock.systemUTC()).close();
    assertThat(said).isEmpty();
  }

  @Test
  void aLeaseThatIsNotRenewedIsTakenOverWithAWordAndItsHolderCannotCommit() throws IOException {
    Clock later = Clock.fixed(Instant.now().plus(Lease.STALE).plusSeconds(1), ZoneOffset.UTC);
    Lease first = acquire("first", Clock.systemUTC());
    try (Lease second = acquire("second", later)) {
      assertThat(said).singleElement().asString().contains("Taking over").contains("first on");
      second.requireHeld();
      assertThatThrownBy(first::requireHeld)
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("is being written by second");
      first.close();
      second.requireHeld();
    }
  }

  @Test
  void theLeaseOfADeadProcessOfThisMachineIsTakenOverAtOnce() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    acquire("first", Clock.systemUTC()).close();
    Lease first = acquire("first", Clock.systemUTC());
    Path file = folder.resolve(Lease.FILE);
    String ours = "\"process\":" + ProcessHandle.current().pid();
    String text = Files.readString(file);
    assertThat(text).contains(ours);
    first.close();
    Files.writeString(file, text.replace(ours, "\"process\":" + dead.pid()));

    acquire("second", Clock.systemUTC()).close();

    assertThat(said).singleElement().asString().contains("Taking over");
  }

  @Test
  void halfALeaseCountsUntilItsFileIsOld() throws IOException {
    Path file = Files.writeString(folder.resolve(Lease.FILE), "{\"id\":");
    assertThatThrownBy(() -> acquire("second", Clock.systemUTC()))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("written by somebody whose _lease.json cannot be read: wait");

    Files.setLastModifiedTime(
        file, FileTime.from(Instant.now().minus(Lease.STALE).minus(Duration.ofSeconds(1))));

    acquire("second", Clock.systemUTC()).close();
    assertThat(said).singleElement().asString().contains("a run killed at its start");
  }

  @Test
  void whoeverCannotTellWhetherAHolderLivesWatchesIt() throws Exception {
    Path file = folder.resolve(Lease.FILE);
    Lease first = acquire("first", Clock.systemUTC());
    String text = Files.readString(file);
    String elsewhere = text.replaceAll("\"host\":\"[^\"]*\"", "\"host\":\"elsewhere\"");
    assertThat(elsewhere).isNotEqualTo(text);
    first.close();
    Files.writeString(file, elsewhere);
    Thread holder =
        new Thread(
            () -> {
              try {
                Thread.sleep(1500);
                Files.writeString(
                    file, elsewhere.replaceAll("\"renewedAt\":(\\d+)", "\"renewedAt\":1$1"));
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    holder.start();

    assertThatThrownBy(
            () ->
                Lease.acquireWatching(
                    new org.apache.hadoop.fs.Path(folder.toString()),
                    CONF,
                    "second",
                    Clock.systemUTC(),
                    said::add))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("first on elsewhere");
    assertThat(said).singleElement().asString().contains("watching for 60 s whether it is alive");
    holder.join();
  }

  @Test
  void theAttemptIsToldWithTheNextRenewal() throws IOException {
    try (Lease first = acquire("first", Clock.systemUTC())) {
      first.at(7);
      first.renew();
      assertThatThrownBy(() -> acquire("second", Clock.systemUTC()))
          .hasMessageContaining(", attempt 7)");
    }
  }

  private Lease acquire(String name, Clock clock) throws IOException {
    return Lease.acquire(
        new org.apache.hadoop.fs.Path(folder.toString()), CONF, name, clock, said::add);
  }
}
