package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrepareConsoleTest {
  private final List<String> told = new ArrayList<>();
  private final PrepareConsole console = new PrepareConsole(told::add);

  @Test
  void filesMegabytesRateAndTimeLeftAreToldAfterAWhile() {
    at(30_000_000, 3, 4);
    assertThat(told).isEmpty();

    at(30_000_000, 3, 6);

    assertThat(told)
        .containsExactly("3 of 10 files, 30.0 of 100.0 MB as stored, 5.00 MB/s, ETA 14 s");
  }

  @Test
  void withoutAFinishedFileNothingIsGuessed() {
    at(0, 0, 5);

    assertThat(told)
        .containsExactly(
            "0 of 10 files, 0.0 of 100.0 MB as stored, 0.00 MB/s, no file is done yet");
  }

  @Test
  void itIsToldLessOftenTheLongerItTakes() {
    for (int second = 0; second < 3600; second++) {
      at(1_000, 1, second);
    }

    assertThat(told).hasSizeBetween(20, 40);
  }

  private void at(long bytesDone, int filesDone, int seconds) {
    console.at(bytesDone, 100_000_000, filesDone, 10, Duration.ofSeconds(seconds));
  }
}
