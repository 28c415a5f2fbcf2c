package io.sparkswitch.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.generation.DecodingMethod.Greedy;
import io.sparkswitch.model.generation.DecodingMethod.TopP;
import io.sparkswitch.model.generation.TinyGeneration.Kind;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopPSamplingTest {
  private static final AllowedTokens ALLOWED = AllowedTokens.butPad(12);
  private static final int DRAWS = 4000;

  private TinyGeneration tiny;

  @BeforeEach
  void open() {
    tiny = TinyGeneration.of(Kind.SWITCH);
  }

  @AfterEach
  void close() {
    tiny.close();
  }

  @Test
  void frequenciesAreTheRenormalisedProbabilitiesOfTheNucleus() {
    double temperature = 1.7;
    int[] counts = counts(new TopP(0.8, temperature, 3));
    double[] expected = expected(0.8, temperature);
    int kept = (int) Arrays.stream(expected).filter(p -> p > 0).count();
    assertThat(kept).isBetween(3, ALLOWED.size() - 2);
    // 99.9 % of right samplers stay below; degrees of freedom are at most 9.
    assertThat(chiSquare(counts, expected)).isLessThan(27.9);
    assertThat(chiSquare(counts, expected(1, temperature))).as("without a cut").isGreaterThan(100);
    assertThat(chiSquare(counts, expected(0.8, 1))).as("without temperature").isGreaterThan(100);
  }

  @Test
  void aSmallPIsGreedy() {
    GenerationSettings greedy = new GenerationSettings(new Greedy(), 9, ALLOWED);
    GenerationSettings topP = new GenerationSettings(new TopP(1e-9, 3, 8), 9, ALLOWED);
    Prompts prompts = TinyGeneration.prompts(8);
    assertThat(texts(prompts, topP)).isEqualTo(texts(prompts, greedy));
  }

  @Test
  void drawsDependOnSeedPromptIndexAndPosition() {
    Prompts prompts = new Prompts(Collections.nCopies(8, TinyGeneration.source(0)), 0);
    GenerationSettings settings = new GenerationSettings(new TopP(1, 2, 8), 9, ALLOWED);
    GenerationSettings other = new GenerationSettings(new TopP(1, 2, 9), 9, ALLOWED);
    List<String> texts = texts(prompts, settings);
    assertThat(texts(prompts, settings)).isEqualTo(texts);
    assertThat(texts(prompts, other)).isNotEqualTo(texts);
    assertThat(texts.stream().distinct().count()).as("prompts").isGreaterThan(4);
    assertThat(texts(new Prompts(prompts.sources().subList(2, 5), 2), settings))
        .isEqualTo(texts.subList(2, 5));
    int[] positions =
        tiny.generate(prompts, settings).stream().flatMapToInt(Arrays::stream).toArray();
    assertThat(Arrays.stream(positions).distinct().count()).as("tokens").isGreaterThan(4);
  }

  private List<String> texts(Prompts prompts, GenerationSettings settings) {
    return tiny.generate(prompts, settings).stream().map(Arrays::toString).toList();
  }

  /** How often each id is the first token; an end leaves no token. */
  private int[] counts(TopP method) {
    Prompts prompts = Prompts.of(Collections.nCopies(DRAWS, TinyGeneration.source(1)));
    int[] counts = new int[ALLOWED.size()];
    for (int[] tokens : tiny.generate(prompts, new GenerationSettings(method, 1, ALLOWED))) {
      counts[tokens.length == 0 ? 1 : tokens[0]]++;
    }
    return counts;
  }

  private double[] expected(double p, double temperature) {
    double[] logs = tiny.fullPasses(ALLOWED).logProbabilities(TinyGeneration.source(1), new int[0]);
    double[] weights = Arrays.stream(logs).map(log -> Math.exp(log / temperature)).toArray();
    double sum = Arrays.stream(weights).sum();
    double[] falling = weights.clone();
    Arrays.sort(falling);
    double mass = 0;
    double least = 0;
    for (int i = falling.length - 1; i >= 0 && mass < p * sum; i--) {
      mass += falling[i];
      least = falling[i];
    }
    double limit = least;
    double kept = mass;
    return Arrays.stream(weights).map(w -> w >= limit ? w / kept : 0).toArray();
  }

  private static double chiSquare(int[] counts, double[] expected) {
    double sum = 0;
    for (int id = 0; id < counts.length; id++) {
      if (expected[id] == 0) {
        sum += counts[id] == 0 ? 0 : Double.POSITIVE_INFINITY;
        continue;
      }
      double mean = expected[id] * DRAWS;
      sum += (counts[id] - mean) * (counts[id] - mean) / mean;
    }
    return sum;
  }
}
