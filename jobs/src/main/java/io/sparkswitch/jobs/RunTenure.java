package io.sparkswitch.jobs;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.jobs.loop.Tenure;
import java.io.IOException;

/** A training's right to go on: the lease of its folder, until SIGTERM. */
final class RunTenure implements Tenure {
  private final Lease lease;
  private volatile TermSignal term;

  RunTenure(Lease lease) {
    this.lease = lease;
  }

  TermSignal endsOn(TermSignal signal) {
    term = signal;
    return signal;
  }

  /** Notes the attempt in the lease, for whoever meets it. */
  int begin(int attempt) {
    lease.at(attempt);
    return attempt;
  }

  @Override
  public void requireHeld() throws IOException {
    lease.requireHeld();
  }

  @Override
  public boolean isEnding() {
    TermSignal signal = term;
    return signal != null && signal.isReceived();
  }
}
