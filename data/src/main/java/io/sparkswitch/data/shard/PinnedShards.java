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
 */
public record PinnedShards(String folder, String dataDigest) implements Serializable {

  /** The newest manifest, whichever that is when it is opened. */
  public static PinnedShards newest(String folder) {
    return new PinnedShards(folder, "");
  }

  /**
   * @throws InputException if the folder is unfinished or has no such manifest
   */
  public ShardSet open(Configuration conf) {
    if (dataDigest.isEmpty()) {
      return ShardSet.open(folder, conf);
    }
    return ShardSet.openPinned(folder, dataDigest, conf)
        .orElseThrow(
            () ->
                new InputException(
                    "%s holds no manifest with data digest %.12s: were the shards made again, or documents taken down?"
                        .formatted(folder, dataDigest)));
  }
}
