package io.sparkswitch.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.generation.DecodingMethod.Beam;
import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.DecodingMethod.TopP;
import io.sparkswitch.model.generation.TinyGeneration.Kind;
import io.sparkswitch.model.t5.TinyModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratorTest {
  private static final int PROMPTS = 8;
  private static final int MOST = 9;

  /** Few ids are allowed, so that the end of a sentence and a forbidden id both come up. */
  private static final AllowedTokens FEW = AllowedTokens.all(6);

  private static final List<DecodingMethod> METHODS =
      List.of(new Greedy(), new Beam(3, 1), new TopP(0.9, 1.5, 17));

  @ParameterizedTest
  @EnumSource(Kind.class)
  void greedyIsTheArgmaxOfFullForwardPasses(Kind kind) {
    GenerationSettings settings = new GenerationSettings(new Greedy(), MOST, FEW);
    try (TinyGeneration tiny = TinyGeneration.of(kind)) {
      List<int[]> sentences = tiny.generate(TinyGeneration.prompts(PROMPTS), settings);
      FullPasses passes = tiny.fullPasses(FEW);
      FullPasses free = tiny.fullPasses(AllowedTokens.all(TinyModel.VOCAB));
      int forbidden = 0;
      int ended = 0;
      for (int s = 0; s < PROMPTS; s++) {
        int[] sentence = sentences.get(s);
        int[] source = TinyGeneration.source(s);
        for (int t = 0; t <= sentence.length && t < MOST; t++) {
          int[] prefix = Arrays.copyOf(sentence, t);
          assertThat(passes.best(source, prefix)).isEqualTo(t < sentence.length ? sentence[t] : 1);
          forbidden += free.best(source, prefix) >= FEW.size() ? 1 : 0;
        }
        ended += sentence.length < MOST ? 1 : 0;
        assertThat(Arrays.stream(sentence)).allMatch(id -> id != 1 && id < FEW.size());
      }
      assertThat(forbidden).as("ids that only the settings forbid").isPositive();
      assertThat(ended).as("sentences that stop at their end").isPositive();
      assertThat(ended).as("the others stop at maxTokens").isLessThan(PROMPTS);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aBatchGivesWhatEachPromptGetsAlone(Kind kind) {
    try (TinyGeneration tiny = TinyGeneration.of(kind)) {
      Prompts prompts = TinyGeneration.prompts(PROMPTS);
      for (DecodingMethod method : METHODS) {
        GenerationSettings settings = new GenerationSettings(method, MOST, FEW);
        List<int[]> together = tiny.generate(prompts, settings);
        assertThat(together).as("%s", method).hasSize(PROMPTS);
        assertEqual(together, tiny.generateOneByOne(prompts, settings));
        assertThat(together.stream().mapToInt(s -> s.length).distinct().count())
            .as("sentences of different lengths, %s", method)
            .isGreaterThan(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theOrderOfTheBatchChangesNothing(Kind kind) {
    try (TinyGeneration tiny = TinyGeneration.of(kind)) {
      for (DecodingMethod method : List.of(new Greedy(), new Beam(3, 1))) {
        GenerationSettings settings = new GenerationSettings(method, MOST, FEW);
        Prompts prompts = TinyGeneration.prompts(PROMPTS);
        List<int[]> sources = new ArrayList<>(prompts.sources());
        Collections.reverse(sources);
        List<int[]> reversed = new ArrayList<>(tiny.generate(Prompts.of(sources), settings));
        Collections.reverse(reversed);
        assertEqual(reversed, tiny.generate(prompts, settings));
      }
    }
  }

  @Test
  void fewerTokensAreThePrefixOfMoreButForBeams() {
    try (TinyGeneration tiny = TinyGeneration.of(Kind.SWITCH)) {
      for (DecodingMethod method : List.of(new Greedy(), new TopP(0.9, 1.5, 17))) {
        Prompts prompts = TinyGeneration.prompts(PROMPTS);
        List<int[]> whole = tiny.generate(prompts, new GenerationSettings(method, MOST, FEW));
        List<int[]> start = tiny.generate(prompts, new GenerationSettings(method, 3, FEW));
        for (int s = 0; s < PROMPTS; s++) {
          int[] sentence = whole.get(s);
          assertThat(start.get(s)).isEqualTo(Arrays.copyOf(sentence, Math.min(3, sentence.length)));
        }
      }
    }
  }

  @Test
  void whatIsNeverToBeGeneratedIsNot() {
    AllowedTokens allowed = new AllowedTokens(6, List.of(0, 1, 4));
    try (TinyGeneration tiny = TinyGeneration.of(Kind.DENSE)) {
      for (DecodingMethod method : METHODS) {
        GenerationSettings settings = new GenerationSettings(method, MOST, allowed);
        for (int[] sentence : tiny.generate(TinyGeneration.prompts(PROMPTS), settings)) {
          assertThat(sentence).hasSize(MOST).containsAnyOf(2, 3, 5).doesNotContain(0, 1, 4);
        }
      }
    }
  }

  @Test
  void noPromptsGiveNothing() {
    try (TinyGeneration tiny = TinyGeneration.of(Kind.DENSE)) {
      GenerationSettings settings = new GenerationSettings(new Greedy(), 4, FEW);
      assertThat(tiny.generate(Prompts.of(List.of()), settings)).isEmpty();
    }
  }

  @Test
  void settingsThatMeanNothingAreRefused() {
    refused(() -> new GenerationSettings(new Greedy(), 0, FEW), "maxTokens is 0, must be");
    refused(() -> new Beam(0, 1), "beams is 0, must be at least 1");
    refused(() -> new Beam(2, Double.NaN), "length penalty is NaN, must be finite");
    refused(() -> new TopP(0, 1, 0), "top-p is 0.0, must be in (0, 1]");
    refused(() -> new TopP(1.1, 1, 0), "top-p is 1.1, must be in (0, 1]");
    refused(() -> new TopP(1, 0, 0), "temperature is 0.0, must be above 0");
    refused(() -> new AllowedTokens(2, List.of(0, 1, 1)), "none of 2 ids may be generated");
    refused(() -> new AllowedTokens(2, List.of(2)), "id 2, never to be generated, is outside");
    refused(() -> new Prompts(List.of(new int[] {1}, new int[0]), 7), "prompt 8 has no tokens");
    try (TinyGeneration tiny = TinyGeneration.of(Kind.DENSE)) {
      GenerationSettings more = new GenerationSettings(new Greedy(), 4, AllowedTokens.butPad(41));
      refused(
          () -> tiny.generate(TinyGeneration.prompts(1), more),
          "41 ids allowed, but the model scores 40");
    }
  }

  private static void refused(Runnable wrong, String message) {
    assertThatThrownBy(wrong::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void assertEqual(List<int[]> actual, List<int[]> expected) {
    assertThat(actual.stream().map(Arrays::toString).toList())
        .isEqualTo(expected.stream().map(Arrays::toString).toList());
  }
}
