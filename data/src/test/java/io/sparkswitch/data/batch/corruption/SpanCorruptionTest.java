package io.sparkswitch.data.batch.corruption;

import static io.sparkswitch.data.batch.Facts.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.batch.Facts;
import io.sparkswitch.data.batch.order.Draws;
import io.sparkswitch.data.token.VocabularySpec;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpanCorruptionTest {
  private static final VocabularySpec VOCABULARY = new VocabularySpec(900, "d");
  private static final JsonNode FACTS = Facts.of("span_corruption.json");

  @Test
  void lengthsAreThoseOfT5() {
    int compared = 0;
    for (String table :
        new String[] {"random_spans_helper_table", "random_spans_helper_from_tests"}) {
      for (JsonNode row : FACTS.get(table)) {
        SegmentLengths lengths =
            SegmentLengths.of(
                row.get("inputs_length").asInt(),
                row.get("noise_density").asDouble(),
                row.get("mean_span").asDouble());
        assertThat(lengths.segment()).as("%s", row).isEqualTo(row.get("tokens_length").asInt());
        assertThat(lengths.targets()).as("%s", row).isEqualTo(row.get("targets_length").asInt());
        compared++;
      }
    }
    assertThat(compared).isEqualTo(178);
    assertThat(SegmentLengths.of(128, 0.15, 3)).isEqualTo(new SegmentLengths(141, 128, 29));
    assertThat(SegmentLengths.of(512, 0.15, 3)).isEqualTo(new SegmentLengths(568, 512, 114));
  }

  @Test
  void masksHaveTheCountsOfT5() {
    int compared = 0;
    for (JsonNode row : FACTS.get("mask_counts")) {
      int length = row.get("length").asInt();
      NoiseSpans spans =
          NoiseSpans.of(
              length, row.get("noise_density").asDouble(), row.get("mean_span").asDouble());
      assertThat(spans.noiseTokens()).as("%s", row).isEqualTo(row.get("noise_tokens").asInt());
      assertThat(spans.noiseSpans()).as("%s", row).isEqualTo(row.get("noise_spans").asInt());
      for (int draw = 0; draw < 20; draw++) {
        boolean[] mask = spans.mask(new Draws(draw));
        assertThat(mask[0]).isFalse();
        assertThat(mask[mask.length - 1]).isTrue();
        assertThat(count(mask)).isEqualTo(spans.noiseTokens());
        assertThat(spans(mask)).isEqualTo(spans.noiseSpans());
      }
      compared++;
    }
    assertThat(compared).isEqualTo(72);
  }

  @Test
  void spanLengthsAreUniformOverAllCompositions() {
    // 5 masked tokens in 3 spans: 6 compositions; 7 others in 3 spans: 15.
    NoiseSpans spans = new NoiseSpans(12, 5, 3);
    Map<String, Integer> seen = new HashMap<>();
    int draws = 90_000;
    for (int i = 0; i < draws; i++) {
      boolean[] mask = spans.mask(new Draws(1, i));
      seen.merge(java.util.Arrays.toString(mask), 1, Integer::sum);
    }

    assertThat(seen).hasSize(90);
    assertThat(seen.values())
        .allSatisfy(n -> assertThat((double) n).isCloseTo(1000, within(170.0)));
  }

  @Test
  void sentinelsStandForSpansAsInT5() {
    JsonNode facts = FACTS.get("mask_functions");
    int[] tokens = ints(facts.get("tokens"));
    boolean[] mask = mask(ints(facts.get("noise_mask")));
    SpanCorruption corruption = SpanCorruption.of(VOCABULARY, 128, 0.15, 3);

    assertThat(corruption.collapse(tokens, mask, true))
        .isEqualTo(ints(facts.get("noise_span_to_unique_sentinel")));
    assertThat(corruption.collapse(tokens, mask, false))
        .isEqualTo(ints(facts.get("nonnoise_span_to_unique_sentinel")));
  }

  @Test
  void theTokenizedFoxIsDenoisedAsInT5() {
    SpanCorruption corruption = SpanCorruption.of(VOCABULARY, 128, 0.15, 3);
    int compared = 0;
    for (JsonNode example : FACTS.get("denoise_examples")) {
      int[] tokens = ints(example.get("tokens"));
      boolean[] mask = new boolean[tokens.length];
      for (JsonNode span : example.get("masked_spans")) {
        for (int i = span.get(0).asInt(); i < span.get(1).asInt(); i++) {
          mask[i] = true;
        }
      }
      assertThat(corruption.inputs(tokens, mask)).isEqualTo(inOurVocabulary(example.get("inputs")));
      assertThat(corruption.targets(tokens, mask))
          .isEqualTo(inOurVocabulary(example.get("targets")));
      compared++;
    }
    assertThat(compared).isEqualTo(2);
  }

  @Test
  void aMaskOfT5IsOneThatCouldBeDrawnHere() {
    JsonNode example = FACTS.get("mask_examples_from_tests").get(0);
    boolean[] mask = mask(ints(example.get("mask")));
    NoiseSpans spans =
        NoiseSpans.of(
            example.get("length").asInt(),
            example.get("noise_density").asDouble(),
            example.get("mean_span").asDouble());

    assertThat(mask).hasSize(spans.length());
    assertThat(count(mask)).isEqualTo(spans.noiseTokens()).isEqualTo(8);
    assertThat(spans(mask)).isEqualTo(spans.noiseSpans()).isEqualTo(4);
    assertThat(mask[0]).isFalse();
    assertThat(mask[31]).isTrue();
  }

  @Test
  void aMaskDependsOnSeedSegmentAndEpochAndOnNothingElse() {
    SpanCorruption corruption = SpanCorruption.of(VOCABULARY, 128, 0.15, 3);
    boolean[] mask = corruption.mask(1, 2, 3);

    corruption.mask(8, 8, 8);
    assertThat(corruption.mask(1, 2, 3)).isEqualTo(mask);
    assertThat(corruption.mask(2, 2, 3)).isNotEqualTo(mask);
    assertThat(corruption.mask(1, 3, 3)).isNotEqualTo(mask);
    assertThat(corruption.mask(1, 2, 4)).isNotEqualTo(mask);
    assertThat(corruption.mask(3, 2, 1)).isNotEqualTo(mask);
  }

  @Test
  void everyPositionIsMaskedAtTheNoiseDensityOnAverage() {
    SpanCorruption corruption = SpanCorruption.of(VOCABULARY, 512, 0.15, 3);
    int[] masked = new int[568];
    for (int segment = 0; segment < 4000; segment++) {
      boolean[] mask = corruption.mask(17, segment, 0);
      for (int i = 0; i < mask.length; i++) {
        masked[i] += mask[i] ? 1 : 0;
      }
    }

    // Away from the ends, where T5's masks are never and always noise.
    for (int i = 40; i < 528; i++) {
      assertThat(masked[i] / 4000.0).isCloseTo(0.15, within(0.03));
    }
  }

  @Test
  void corruptedSegmentsFillTheirLengthsAndCanBePutTogetherAgain() {
    SpanCorruption corruption = SpanCorruption.of(VOCABULARY, 128, 0.15, 3);
    int[] tokens = IntStream.range(0, 141).map(i -> 100 + i).toArray();
    for (int segment = 0; segment < 200; segment++) {
      boolean[] mask = corruption.mask(5, segment, 0);
      int[] inputs = corruption.inputs(tokens, mask);
      int[] targets = corruption.targets(tokens, mask);

      assertThat(inputs).hasSize(128).endsWith(VocabularySpec.EOS);
      assertThat(targets).hasSize(29).startsWith(VOCABULARY.sentinel(0)).endsWith(1);
      assertThat(restore(inputs, targets)).isEqualTo(tokens);
    }
  }

  @Test
  void whatCannotBeIsRefusedWithTheReason() {
    assertThatThrownBy(() -> SegmentLengths.of(128, 0, 3))
        .hasMessageContaining("noise density 0.0");
    assertThatThrownBy(() -> SegmentLengths.of(128, 0.15, 0.5))
        .hasMessageContaining("mean span length 0.5");
    assertThatThrownBy(() -> SpanCorruption.of(VOCABULARY, 2048, 0.5, 2))
        .hasMessageContaining("there are 100 sentinels");
    assertThatThrownBy(() -> SpanCorruption.of(VOCABULARY, 128, 0.7, 1))
        .hasMessageContaining("spans cannot part");
    assertThatThrownBy(
            () -> new SpanCorruption(VOCABULARY, new SegmentLengths(141, 100, 29), 0.15, 3))
        .hasMessageContaining("do not fit lengths 100 and 29");
  }

  private static int[] restore(int[] inputs, int[] targets) {
    IntStream.Builder tokens = IntStream.builder();
    for (int i = 0; i < inputs.length - 1; i++) {
      if (inputs[i] < VOCABULARY.pieces()) {
        tokens.add(inputs[i]);
        continue;
      }
      int at = 0;
      while (targets[at] != inputs[i]) {
        at++;
      }
      for (at++; targets[at] < VOCABULARY.pieces() && targets[at] != VocabularySpec.EOS; at++) {
        tokens.add(targets[at]);
      }
    }
    return tokens.build().toArray();
  }

  /** The example has 26 pieces and its sentinels from 25 down, and no end marker yet. */
  private static int[] inOurVocabulary(JsonNode example) {
    IntStream ids =
        IntStream.of(ints(example)).map(id -> id >= 24 ? VOCABULARY.sentinel(25 - id) : id);
    return IntStream.concat(ids, IntStream.of(VocabularySpec.EOS)).toArray();
  }

  private static int count(boolean[] mask) {
    return (int) IntStream.range(0, mask.length).filter(i -> mask[i]).count();
  }

  private static int spans(boolean[] mask) {
    return (int)
        IntStream.range(0, mask.length).filter(i -> mask[i] && (i == 0 || !mask[i - 1])).count();
  }

  private static boolean[] mask(int[] noise) {
    boolean[] mask = new boolean[noise.length];
    for (int i = 0; i < noise.length; i++) {
      mask[i] = noise[i] == 1;
    }
    return mask;
  }
}
