package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.batch.corruption.SpanCorruption;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a stream of batches is a function of.
 *
 * @param dataDigest of the shards
 * @param seed of the order
 * @param batchSize sequences of a global batch
 * @param mixing shares of the data's parts, and how they are shuffled, in words
 * @param masks what the span corruption is a function of
 */
public record StreamOrigin(String dataDigest, long seed, int batchSize, String mixing, Masks masks)
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

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("data digest", dataDigest);
    fields.put("seed", seed);
    fields.put("batch size", batchSize);
    fields.put("data order", mixing);
    fields.put("corruption seed", masks.corruptionSeed());
    fields.put("noise density", masks.noiseDensity());
    fields.put("mean span length", masks.meanSpanLength());
    return fields;
  }
}
