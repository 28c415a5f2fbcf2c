package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.exit.UsageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailureTextTest {
  @Test
  void knownFailureIsItsSentenceAlone() {
    Throwable failure = new RuntimeException("wrapper", new UsageException("give --out another"));

    assertThat(FailureText.of(failure)).isEqualTo("give --out another");
  }

  @Test
  void unexpectedFailureIsItsWholeChainAndWhereToLook() {
    Throwable failure = new IllegalStateException("cannot count", new IOException("disk is full"));

    assertThat(FailureText.of(failure).lines())
        .containsExactly(
            "unexpected failure: IllegalStateException: cannot count",
            "  caused by: IOException: disk is full",
            "  The stack trace is in the driver's log, at level ERROR.");
  }

  @Test
  void namesWithoutASentenceKeepTheirKind() {
    assertThat(FailureText.of(new FileNotFoundException("a.json")))
        .isEqualTo("FileNotFoundException: a.json");
    assertThat(FailureText.of(new InterruptedException()))
        .startsWith("interrupted; the same command continues");
  }
}
