package io.sparkswitch.data.shard;

import io.sparkswitch.data.source.InputException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;

/**
 * A shard folder at one of its manifests: all processes of a run read the same, whatever is
 * prepared meanwhile.
 *
 * @param folder the shard folder
 * @param dataDigest of the manifest; empty for the newest
 * @param manifest number under which it is found at once; 0 if that is not known
 */
public record PinnedShards(String folder, String dataDigest, int manifest) implements Serializable {

  /** The newest manifest, whichever that is when it is opened. */
  public static PinnedShards newest(String folder) {
    return new PinnedShards(folder, "", 0);
  }

  /**
   * Reads the manifest and looks at no shard, since whoever pinned them has: one that went or
   * shrank since is named when it is read.
   *
   * @throws InputException if the folder is unfinished or has no such manifest
   */
  public ShardSet open(Configuration conf) {
    if (dataDigest.isEmpty()) {
      return ShardSet.unverified(folder, conf);
    }
    return ShardSet.pinned(this, conf)
        .orElseThrow(
            () ->
                new InputException(
                    "%s holds no manifest with data digest %.12s: all shards were made anew since. Begin a new run in another folder, or with --fresh in its own"
                        .formatted(folder, dataDigest)));
  }
}
