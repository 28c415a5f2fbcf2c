package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * How far a rank is with its shard of a checkpoint.
 *
 * @param done whether nothing is left to write
 * @param shard what was written; empty while it is being written, and where there are no experts
 */
record ShardProgress(boolean done, Optional<Shard> shard) {
  private static final byte WRITING = 0;
  private static final byte DONE = 1;

  static ShardProgress writing() {
    return new ShardProgress(false, Optional.empty());
  }

  static ShardProgress done(Shard shard) {
    return new ShardProgress(true, Optional.of(shard));
  }

  static ShardProgress withoutExperts() {
    return new ShardProgress(true, Optional.empty());
  }

  byte[] toBytes() throws IOException {
    byte[] json = shard.isPresent() ? ModelTensors.toJson(shard.get()) : new byte[0];
    byte[] bytes = new byte[1 + json.length];
    bytes[0] = done ? DONE : WRITING;
    System.arraycopy(json, 0, bytes, 1, json.length);
    return bytes;
  }

  static ShardProgress of(byte[] bytes) throws IOException {
    byte[] json = Arrays.copyOfRange(bytes, 1, bytes.length);
    return new ShardProgress(
        bytes[0] == DONE,
        json.length == 0 ? Optional.empty() : Optional.of(ModelTensors.shard(json)));
  }
}
