package io.sparkswitch.model.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NucleusTest {
  @Test
  void isTheSmallestSetWhoseMassReachesP() {
    float[] probabilities = {0.1f, 0.4f, 0.2f, 0.3f};
    assertThat(Nucleus.of(probabilities, 0.65).ids()).containsExactly(1, 3);
    assertThat(Nucleus.of(probabilities, 0.75).ids()).containsExactly(1, 3, 2);
    assertThat(Nucleus.of(probabilities, 1).ids()).containsExactly(1, 3, 2, 0);
    float[] halves = {0.25f, 0.5f, 0.25f, 0};
    assertThat(Nucleus.of(halves, 0.5).ids()).as("reached exactly").containsExactly(1);
    assertThat(Nucleus.of(halves, 1).ids()).as("what cannot be").containsExactly(1, 0, 2);
  }

  @Test
  void ofEquallyProbableTokensThoseOfLowerIdsAreKept() {
    float[] quarters = {0.25f, 0.25f, 0.25f, 0.25f};
    assertThat(Nucleus.of(quarters, 0.5).ids()).containsExactly(0, 1);
    assertThat(Nucleus.of(quarters, 1e-9).ids()).containsExactly(0);
  }

  @Test
  void smallPKeepsTheMostProbableTokenAlone() {
    float[] probabilities = {0.2f, 0.35f, 0.1f, 0.35f};
    for (double uniform : new double[] {0, 0.5, 0.999}) {
      assertThat(Nucleus.of(probabilities, 1e-12).at(uniform)).isEqualTo(1);
    }
  }

  @Test
  void equalsItsDefinitionOnRandomDistributionsWithTies() {
    SplittableRandom random = new SplittableRandom(5);
    for (int trial = 0; trial < 2000; trial++) {
      float[] probabilities = random(random, random.nextInt(1, 60));
      double p = trial % 10 == 0 ? 1 : 1 - random.nextDouble();
      Nucleus nucleus = Nucleus.of(probabilities, p);
      List<Integer> kept = naively(probabilities, p);
      assertThat(Arrays.stream(nucleus.ids()).boxed()).containsExactlyElementsOf(kept);
      double uniform = random.nextDouble();
      assertThat(nucleus.at(uniform)).isEqualTo(naiveDraw(probabilities, kept, uniform));
    }
  }

  @Test
  void scoresThatAreNoNumbersAreRefused() {
    assertThatThrownBy(() -> Nucleus.of(new float[] {Float.NaN, Float.NaN}, 0.9))
        .hasMessageContaining("are the scores finite?");
  }

  private static float[] random(SplittableRandom random, int size) {
    int[] counts = random.ints(size, 0, 5).toArray();
    counts[random.nextInt(size)]++;
    float sum = Arrays.stream(counts).sum();
    float[] probabilities = new float[size];
    for (int id = 0; id < size; id++) {
      probabilities[id] = counts[id] / sum;
    }
    return probabilities;
  }

  private static List<Integer> naively(float[] probabilities, double p) {
    List<Integer> sorted =
        IntStream.range(0, probabilities.length)
            .boxed()
            .filter(id -> probabilities[id] > 0)
            .sorted(
                Comparator.comparingDouble((Integer id) -> -probabilities[id])
                    .thenComparing(id -> id))
            .toList();
    for (int kept = 1; kept < sorted.size(); kept++) {
      if (mass(probabilities, sorted.subList(0, kept)) >= p) {
        return sorted.subList(0, kept);
      }
    }
    return sorted;
  }

  private static int naiveDraw(float[] probabilities, List<Integer> kept, double uniform) {
    double mass = mass(probabilities, kept);
    for (int n = 1; n < kept.size(); n++) {
      if (uniform * mass < mass(probabilities, kept.subList(0, n))) {
        return kept.get(n - 1);
      }
    }
    return kept.get(kept.size() - 1);
  }

  private static double mass(float[] probabilities, List<Integer> ids) {
    double mass = 0;
    for (int id : ids) {
      mass += probabilities[id];
    }
    return mass;
  }
}
