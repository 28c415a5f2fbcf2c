package io.sparkswitch.data.pipeline;

import org.apache.hadoop.fs.Path;

/** Another run works on the folder: try again when it has ended. */
public final class LeaseHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Lease.Holder holder;

  LeaseHeldException(Path folder, Lease.Holder holder, long now) {
    super(
        "%s is being written by %s, heard of %d s ago: wait until it has ended; if it is gone, its lease ends by itself after %d s"
            .formatted(
                folder,
                Lease.describe(holder),
                Math.max(0, (now - holder.renewedAt()) / 1000),
                Lease.STALE.toSeconds()));
    this.holder = holder;
  }

  Lease.Holder holder() {
    return holder;
  }
}
