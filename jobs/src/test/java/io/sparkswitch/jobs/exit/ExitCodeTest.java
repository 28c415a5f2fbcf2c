package io.sparkswitch.jobs.exit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
  @Test
  void numbersAreThoseOfTheContract() {
    assertThat(ExitCode.values())
        .extracting(ExitCode::code)
        .containsExactly(0, 1, 2, 3, 4, 75, 130);
  }

  @Test
  void everyKnownFailureHasItsCode() {
    assertThat(ExitCode.of(new UsageException("u"))).isEqualTo(ExitCode.USAGE);
    assertThat(ExitCode.of(new InputException("i"))).isEqualTo(ExitCode.INPUT);
    assertThat(ExitCode.of(new FileNotFoundException("i"))).isEqualTo(ExitCode.INPUT);
    assertThat(ExitCode.of(new DivergedException("d"))).isEqualTo(ExitCode.DIVERGED);
    assertThat(ExitCode.of(new ExecutorsLostException("e"))).isEqualTo(ExitCode.TRY_AGAIN);
    assertThat(ExitCode.of(new InterruptedException())).isEqualTo(ExitCode.INTERRUPTED);
  }

  @Test
  void knownCauseCountsThroughItsWrappers() {
    Throwable wrapped =
        new RuntimeException(new UncheckedIOException(new FileNotFoundException("shard")));

    assertThat(ExitCode.of(wrapped)).isEqualTo(ExitCode.INPUT);
    assertThat(ExitCode.known(wrapped)).hasValueSatisfying(t -> assertThat(t).hasMessage("shard"));
  }

  @Test
  void anythingElseHasFailed() {
    assertThat(ExitCode.of(new IllegalStateException("bug"))).isEqualTo(ExitCode.FAILED);
    assertThat(ExitCode.of(new SocketTimeoutException("peer"))).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void causesThatGoInACircleEnd() {
    RuntimeException a = new RuntimeException("a");
    RuntimeException b = new RuntimeException("b", a);
    a.initCause(b);

    assertThat(ExitCode.of(a)).isEqualTo(ExitCode.FAILED);
  }
}
