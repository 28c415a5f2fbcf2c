package io.sparkswitch.jobs.study;

import io.sparkswitch.data.shard.Digests;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Short names of what something depends on: what is equal is shared, what differs never meets. */
final class Identity {
  private static final int LENGTH = 10;

  private Identity() {}

  static String of(List<String> parts) {
    return Digests.of(String.join("\n", parts).getBytes(StandardCharsets.UTF_8))
        .substring(0, LENGTH);
  }
}
