package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import io.sparkswitch.data.shard.ShardManifest;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a stream of batches is a function of.
 *
 * @param dataDigest of the shards
 * @param seed of the order
 * @param batchSize sequences of a global batch
 * @param masks what the span corruption is a function of
 */
public record StreamOrigin(String dataDigest, long seed, int batchSize, Masks masks)
    implements Serializable {

  /**
   * What decides which tokens are masked.
   *
   * @param corruptionSeed with segment and epoch it fixes a mask
   * @param noiseDensity share of tokens that are masked
   * @param meanSpanLength mean length of a masked span
   */
  public record Masks(long corruptionSeed, double noiseDensity, double meanSpanLength)
      implements Serializable {
    public static Masks of(SpanCorruption corruption, long corruptionSeed) {
      return new Masks(corruptionSeed, corruption.noiseDensity(), corruption.meanSpanLength());
    }
  }

  public static StreamOrigin of(ShardManifest data, long seed, int batchSize, Masks masks) {
    return new StreamOrigin(data.dataDigest(), seed, batchSize, masks);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("data digest", dataDigest);
    fields.put("seed", seed);
    fields.put("batch size", batchSize);
    fields.put("corruption seed", masks.corruptionSeed());
    fields.put("noise density", masks.noiseDensity());
    fields.put("mean span length", masks.meanSpanLength());
    return fields;
  }
}
