package io.sparkswitch.data.pipeline.folder;

import org.apache.hadoop.fs.Path;

/** Another run works on the folder: try again when it has ended. */
public final class LeaseHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Lease.Holder holder;

  LeaseHeldException(Path folder, Lease.Holder holder, long now) {
    super(
        "%s is being written by %s: wait until it has ended; if it is gone, its lease ends by itself after %d s"
            .formatted(folder, who(holder, now), Lease.STALE.toSeconds()));
    this.holder = holder;
  }

  Lease.Holder holder() {
    return holder;
  }

  private static String who(Lease.Holder holder, long now) {
    return holder.equals(Lease.Holder.UNKNOWN)
        ? "somebody whose %s cannot be read".formatted(Lease.FILE)
        : "%s, heard of %d s ago"
            .formatted(Lease.describe(holder), Math.max(0, (now - holder.renewedAt()) / 1000));
  }
}
