package io.sparkswitch.data.batch.corruption;

/**
 * Lengths that fit each other: segments that, corrupted, fill the encoder's inputs. The end marker
 * is counted in inputs and in targets.
 *
 * @param segment tokens before corruption
 * @param inputs tokens on the encoder's side
 * @param targets tokens on the decoder's side
 */
public record SegmentLengths(int segment, int inputs, int targets) {
  public SegmentLengths {
    if (segment < 2 || inputs < 2 || targets < 2) {
      throw new IllegalArgumentException(
          "lengths segment %d, inputs %d, targets %d: each needs at least 2 tokens"
              .formatted(segment, inputs, targets));
    }
  }

  /** Tokens of a segment that are masked; the other targets are sentinels and the end. */
  public int masked() {
    return (segment + targets - inputs) / 2;
  }

  /**
   * T5's rule (random_spans_helper): the longest segment whose inputs still fit.
   *
   * @param inputs tokens on the encoder's side, with the end marker
   * @param noiseDensity share of tokens that are masked, in (0, 1)
   * @param meanSpanLength mean length of a masked span, at least 1
   */
  public static SegmentLengths of(int inputs, double noiseDensity, double meanSpanLength) {
    NoiseSpans.requireRates(noiseDensity, meanSpanLength);
    int segment = inputs - 1;
    while (corrupted(segment + 1, noiseDensity, meanSpanLength).inputs() <= inputs) {
      segment++;
    }
    SegmentLengths found = corrupted(segment, noiseDensity, meanSpanLength);
    // T5 prefers even lengths where half of the text is noise.
    if (noiseDensity == 0.5 && found.targets() > found.inputs()) {
      return new SegmentLengths(segment - 1, found.inputs(), found.targets() - 1);
    }
    return found;
  }

  private static SegmentLengths corrupted(int segment, double noiseDensity, double meanSpan) {
    int noise = (int) Math.rint(segment * noiseDensity);
    int spans = (int) Math.rint(noise / meanSpan);
    return new SegmentLengths(segment, segment - noise + spans + 1, noise + spans + 1);
  }
}
