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
 * @param held how long it has kept the rank from training
 * @param shard what was written; empty while it is being written, and where there are no experts
 */
record ShardProgress(boolean done, Duration held, Optional<Shard> shard) {
  private static final byte WRITING = 0;
  private static final byte DONE = 1;
  private static final int HEAD = 1 + Long.BYTES;

  static ShardProgress writing() {
    return new ShardProgress(false, Duration.ZERO, Optional.empty());
  }

  static ShardProgress done(Shard shard, Duration held) {
    return new ShardProgress(true, held, Optional.of(shard));
  }

  static ShardProgress withoutExperts() {
    return new ShardProgress(true, Duration.ZERO, Optional.empty());
  }

  byte[] toBytes() throws IOException {
    byte[] json = shard.isPresent() ? ModelTensors.toJson(shard.get()) : new byte[0];
    return ByteBuffer.allocate(HEAD + json.length)
        .put(done ? DONE : WRITING)
        .putLong(held.toNanos())
        .put(json)
        .array();
  }

  static ShardProgress of(byte[] bytes) throws IOException {
    byte[] json = Arrays.copyOfRange(bytes, HEAD, bytes.length);
    ByteBuffer head = ByteBuffer.wrap(bytes);
    return new ShardProgress(
        head.get() == DONE,
        Duration.ofNanos(head.getLong()),
        json.length == 0 ? Optional.empty() : Optional.of(ModelTensors.shard(json)));
  }
}
