package io.sparkswitch.data.pipeline.folder;

import io.sparkswitch.data.clean.UrlKey;
import io.sparkswitch.data.shard.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What shards hold instead of addresses. */
public final class UrlHash {
  private UrlHash() {}

  /** The first eight bytes of the SHA-256 of a normalised address; 0 for none. */
  public static long of(String url) {
    String normal = normalise(url);
    if (normal.isEmpty()) {
      return 0;
    }
    byte[] digest = Digests.sha256().digest(normal.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong();
  }

  static String normalise(String url) {
    return UrlKey.normalise(url.strip());
  }
}
