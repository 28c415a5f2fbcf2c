package io.sparkswitch.jobs.track;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.jobs.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusFileTest {
  @TempDir Path folder;

  private static final class Hands extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private final Hands clock = new Hands();

  @Test
  void runningVerbHasNoExitCode() throws IOException {
    start().update("step 3");

    JsonNode status = read();
    assertThat(status.path("verb").asText()).isEqualTo("pretrain");
    assertThat(status.path("state").asText()).isEqualTo("running");
    assertThat(status.path("message").asText()).isEqualTo("step 3");
    assertThat(status.has("exitCode")).isFalse();
    assertThat(status.path("startedAt").asText()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(status.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
  }

  @Test
  void everyExitCodeHasItsState() throws IOException {
    for (ExitCode code : ExitCode.values()) {
      start().finish(code, "so it ended");
      String state =
          switch (code) {
            case DONE -> "done";
            case INTERRUPTED -> "interrupted";
            default -> "failed";
          };
      assertThat(read().path("state").asText()).as(code.name()).isEqualTo(state);
      assertThat(read().path("exitCode").asInt(-1)).isEqualTo(code.code());
    }
  }

  @Test
  void firstEndCounts() throws IOException {
    StatusFile status = start();
    status.finish(ExitCode.INTERRUPTED, "interrupted");
    status.finish(ExitCode.FAILED, "the session was stopped");
    status.update("more");

    assertThat(read().path("state").asText()).isEqualTo("interrupted");
  }

  @Test
  void secondsAddUpOverStartsOfOneVerb() throws IOException {
    StatusFile first = start();
    clock.now = clock.now.plusSeconds(30);
    first.finish(ExitCode.TRY_AGAIN, "executors lost");

    StatusFile second = start();
    clock.now = clock.now.plusSeconds(12);
    second.finish(ExitCode.DONE, "done");

    assertThat(read().path("seconds").asDouble()).isEqualTo(42.0);
  }

  @Test
  void damagedStatusOfAnEarlierStartDoesNotStopANewOne() throws IOException {
    Files.writeString(folder.resolve("status.json"), "{\"verb\":");

    start();

    assertThat(read().path("state").asText()).isEqualTo("running");
  }

  @Test
  void nothingIsLeftBesideTheFile() throws IOException {
    start().finish(ExitCode.DONE, "done");

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("status.json"));
    }
  }

  private StatusFile start() throws IOException {
    return StatusFile.start(
        OutputFolder.of(folder.toString(), new Configuration()),
        StatusFile.FILE,
        "pretrain",
        clock);
  }

  private JsonNode read() throws IOException {
    return Json.MAPPER.readTree(folder.resolve("status.json").toFile());
  }
}
