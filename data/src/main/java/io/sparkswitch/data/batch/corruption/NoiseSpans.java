package io.sparkswitch.data.batch.corruption;

import io.sparkswitch.data.batch.order.Draws;

/**
 * How many tokens of a sequence are masked, and in how many spans; every mask has exactly these.
 *
 * @param length tokens of the sequence
 * @param noiseTokens masked tokens
 * @param noiseSpans spans of masked tokens, and as many of unmasked ones
 */
record NoiseSpans(int length, int noiseTokens, int noiseSpans) {
  NoiseSpans {
    if (noiseSpans > Math.min(noiseTokens, length - noiseTokens)) {
      throw new IllegalArgumentException(
          "%d spans cannot part %d masked and %d other tokens: lower the noise density or lengthen the spans"
              .formatted(noiseSpans, noiseTokens, length - noiseTokens));
    }
  }

  /** T5's rule (random_spans_noise_mask), which rounds in float32, half to even. */
  static NoiseSpans of(int tokens, double noiseDensity, double meanSpanLength) {
    requireRates(noiseDensity, meanSpanLength);
    int length = Math.max(tokens, 2);
    int noise = (int) Math.rint((float) length * (float) noiseDensity);
    noise = Math.min(Math.max(noise, 1), length - 1);
    int spans = Math.max((int) Math.rint((float) noise / (float) meanSpanLength), 1);
    return new NoiseSpans(length, noise, spans);
  }

  static void requireRates(double noiseDensity, double meanSpanLength) {
    if (!(noiseDensity > 0 && noiseDensity < 1)) {
      throw new IllegalArgumentException(
          "noise density %s: allowed is more than 0 and less than 1".formatted(noiseDensity));
    }
    if (!(meanSpanLength >= 1)) {
      throw new IllegalArgumentException(
          "mean span length %s: allowed is 1 or more".formatted(meanSpanLength));
    }
  }

  /** Draws a mask, true = noise, {@code [length]}: starts unmasked, ends masked, as in T5. */
  boolean[] mask(Draws draws) {
    int[] noise = composition(noiseTokens, draws);
    int[] kept = composition(length - noiseTokens, draws);
    boolean[] mask = new boolean[length];
    int at = 0;
    for (int span = 0; span < noiseSpans; span++) {
      at += kept[span];
      for (int i = 0; i < noise[span]; i++) {
        mask[at++] = true;
      }
    }
    return mask;
  }

  /** Lengths of {@code noiseSpans} non-empty parts of a total, uniform among all such lists. */
  private int[] composition(int total, Draws draws) {
    int[] parts = new int[noiseSpans];
    int part = 0;
    parts[0] = 1;
    for (int i = 1; i < total; i++) {
      // Selection sampling: each place is a boundary with (boundaries left) / (places left).
      if (draws.below(total - i) < noiseSpans - 1 - part) {
        part++;
      }
      parts[part]++;
    }
    return parts;
  }
}
