package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.pipeline.cut.Cleaning;
import io.sparkswitch.data.shard.ShardSettings;
import java.util.List;

/**
 * How documents become shards.
 *
 * @param settings how token ids are cut and stored
 * @param cleaning what is done to documents before
 * @param quarantineShare share of all records read that may be malformed, in [0, 1]
 * @param excludedUrls addresses whose documents are taken down, in addition to those that the
 *     folder excludes already
 */
public record PrepareRules(
    ShardSettings settings, Cleaning cleaning, double quarantineShare, List<String> excludedUrls) {
  public PrepareRules {
    excludedUrls = List.copyOf(excludedUrls);
    if (!(quarantineShare >= 0 && quarantineShare <= 1)) {
      throw new IllegalArgumentException(
          "quarantine share %s: allowed is 0 to 1".formatted(quarantineShare));
    }
  }
}
