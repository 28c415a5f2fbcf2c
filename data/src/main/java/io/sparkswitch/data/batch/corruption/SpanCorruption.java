package io.sparkswitch.data.batch.corruption;

import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.token.VocabularySpec;
import java.util.Arrays;

/**
 * T5's span corruption: spans of a segment are masked, one sentinel stands for each in the inputs,
 * and the targets tell what was there. Inputs and targets end in the end marker.
 *
 * <p>The mask is a pure function of (corruption seed, segment id, epoch). Raffel et al., "Exploring
 * the limits of transfer learning", 2020, section 3.1.4.
 *
 * @param vocabulary gives the sentinels
 * @param lengths lengths before and after
 * @param noiseDensity share of tokens that are masked
 * @param meanSpanLength mean length of a masked span
 */
public record SpanCorruption(
    VocabularySpec vocabulary, SegmentLengths lengths, double noiseDensity, double meanSpanLength) {

  public SpanCorruption {
    NoiseSpans spans = NoiseSpans.of(lengths.segment(), noiseDensity, meanSpanLength);
    if (spans.noiseSpans() > VocabularySpec.SENTINELS) {
      throw new IllegalArgumentException(
          "segments of %d tokens have %d masked spans, but there are %d sentinels: shorten the inputs or lengthen the spans"
              .formatted(lengths.segment(), spans.noiseSpans(), VocabularySpec.SENTINELS));
    }
    int inputs = lengths.segment() - spans.noiseTokens() + spans.noiseSpans() + 1;
    int targets = spans.noiseTokens() + spans.noiseSpans() + 1;
    if (inputs > lengths.inputs() || targets > lengths.targets()) {
      throw new IllegalArgumentException(
          "corrupted segments of %d tokens have %d inputs and %d targets, which do not fit lengths %d and %d"
              .formatted(lengths.segment(), inputs, targets, lengths.inputs(), lengths.targets()));
    }
  }

  /** Corruption with the lengths that T5's rule gives. */
  public static SpanCorruption of(
      VocabularySpec vocabulary, int inputs, double noiseDensity, double meanSpanLength) {
    SegmentLengths lengths = SegmentLengths.of(inputs, noiseDensity, meanSpanLength);
    return new SpanCorruption(vocabulary, lengths, noiseDensity, meanSpanLength);
  }

  /** The mask of a segment in an epoch, true = masked, {@code [segment]}. */
  public boolean[] mask(long corruptionSeed, long segmentId, int epoch) {
    return NoiseSpans.of(lengths.segment(), noiseDensity, meanSpanLength)
        .mask(new Draws(corruptionSeed, segmentId, epoch));
  }

  /**
   * What the encoder reads: unmasked tokens, a sentinel for each masked span, the end.
   *
   * @param tokens {@code <int32>[segment]}
   * @param mask {@code [segment]}
   */
  public int[] inputs(int[] tokens, boolean[] mask) {
    return ending(collapse(tokens, mask, true));
  }

  /** What the decoder shall say: for each masked span its sentinel and its tokens, then the end. */
  public int[] targets(int[] tokens, boolean[] mask) {
    return ending(collapse(tokens, mask, false));
  }

  /** Replaces each run of places whose mask is {@code dropped} by the next sentinel. */
  int[] collapse(int[] tokens, boolean[] mask, boolean dropped) {
    int[] out = new int[tokens.length];
    int length = 0;
    int sentinels = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (mask[i] != dropped) {
        out[length++] = tokens[i];
      } else if (i == 0 || mask[i - 1] != dropped) {
        out[length++] = vocabulary.sentinel(sentinels++);
      }
    }
    return Arrays.copyOf(out, length);
  }

  private static int[] ending(int[] tokens) {
    int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
    ended[tokens.length] = VocabularySpec.EOS;
    return ended;
  }
}
