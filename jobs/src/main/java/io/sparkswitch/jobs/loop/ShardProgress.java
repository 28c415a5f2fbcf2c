package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * How far a rank is with its shard of a checkpoint.
 *
 * @param done whether nothing is left to write
 * @param finite whether all that was written is; true where nothing is written yet
 * @param held how long it has kept the rank from training
 * @param shard what was written; empty while it is being written, and where there are no experts
 */
record ShardProgress(boolean done, boolean finite, Duration held, Optional<Shard> shard) {
  private static final byte WRITING = 0;
  private static final byte DONE = 1;
  private static final byte NOT_FINITE = 2;
  private static final int HEAD = 1 + Long.BYTES;

  static ShardProgress writing() {
    return new ShardProgress(false, true, Duration.ZERO, Optional.empty());
  }

  static ShardProgress done(Shard shard, boolean finite, Duration held) {
    return new ShardProgress(true, finite, held, Optional.of(shard));
  }

  static ShardProgress withoutExperts() {
    return new ShardProgress(true, true, Duration.ZERO, Optional.empty());
  }

  byte[] toBytes() throws IOException {
    byte[] json = shard.isPresent() ? ModelTensors.toJson(shard.get()) : new byte[0];
    return ByteBuffer.allocate(HEAD + json.length)
        .put(state())
        .putLong(held.toNanos())
        .put(json)
        .array();
  }

  private byte state() {
    if (!done) {
      return WRITING;
    }
    return finite ? DONE : NOT_FINITE;
  }

  static ShardProgress of(byte[] bytes) throws IOException {
    byte[] json = Arrays.copyOfRange(bytes, HEAD, bytes.length);
    ByteBuffer head = ByteBuffer.wrap(bytes);
    byte state = head.get();
    return new ShardProgress(
        state != WRITING,
        state != NOT_FINITE,
        Duration.ofNanos(head.getLong()),
        json.length == 0 ? Optional.empty() : Optional.of(ModelTensors.shard(json)));
  }
}
