package io.sparkswitch.jobs.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.study.result.Yardsticks;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NeighbourCountsTest {
  private static final VocabularySpec VOCABULARY = new VocabularySpec(20, "d".repeat(64));
  private static final int FIRST = VOCABULARY.sentinel(0);
  private static final int SECOND = VOCABULARY.sentinel(1);
  private static final int END = VocabularySpec.EOS;

  /** The text 5 7 8 9 5 7, of which 7 8 and the last 7 are masked. */
  private static final Batch TEXT =
      batch(new int[] {5, FIRST, 9, 5, SECOND}, new int[] {FIRST, 7, 8, SECOND, 7, END});

  @Test
  void theFirstOfASpanStandsBesideTheTokenBeforeItsGap() {
    NeighbourCounts counts = new NeighbourCounts(VOCABULARY);
    counts.add(TEXT);
    double size = VOCABULARY.size();

    // Targets: end 7 8 end 7 end. Left of them: end 5 7 8 5 7. Both 7 come after 5.
    double frequency = (2 + 3 / size) / (6 + 3);
    assertThat(counts.probability(7)).isCloseTo(frequency, within(1e-12));
    assertThat(counts.probability(5, 7)).isCloseTo((2 + frequency) / (2 + 1), within(1e-12));
    assertThat(counts.probability(9, 7))
        .as("nothing came after 9")
        .isEqualTo(counts.probability(7));
  }

  @Test
  void probabilitiesSumToOne() {
    NeighbourCounts counts = new NeighbourCounts(VOCABULARY);
    counts.add(TEXT);
    double alone = 0;
    double afterSeven = 0;
    for (int token = 0; token < VOCABULARY.size(); token++) {
      alone += counts.probability(token);
      afterSeven += counts.probability(7, token);
    }
    assertThat(alone).isCloseTo(1, within(1e-12));
    assertThat(afterSeven).isCloseTo(1, within(1e-12));
  }

  @Test
  void lossesAreMeansOverRealTargets() {
    NeighbourCounts counts = new NeighbourCounts(VOCABULARY);
    counts.add(TEXT);
    NeighbourCounts.Loss loss = counts.new Loss();
    loss.add(batch(new int[] {5, FIRST, 8}, new int[] {FIRST, 7, END, 0}));

    Yardsticks mean = loss.mean();
    assertThat(mean.unigram())
        .isCloseTo(
            -(2 * Math.log(counts.probability(END)) + Math.log(counts.probability(7))) / 3,
            within(1e-12));
    assertThat(mean.neighbour())
        .isCloseTo(
            -(Math.log(counts.probability(END, END))
                    + Math.log(counts.probability(5, 7))
                    + Math.log(counts.probability(7, END)))
                / 3,
            within(1e-12));
  }

  /** One sequence; a target 0 is padding. */
  private static Batch batch(int[] inputs, int[] targets) {
    float[] weights = new float[targets.length];
    for (int i = 0; i < targets.length; i++) {
      weights[i] = targets[i] == VocabularySpec.PAD ? 0 : 1;
    }
    int[] shifted = Arrays.copyOf(targets, targets.length);
    System.arraycopy(targets, 0, shifted, 1, targets.length - 1);
    shifted[0] = VocabularySpec.PAD;
    return new Batch(
        1,
        inputs.length,
        targets.length,
        inputs,
        shifted,
        targets,
        weights,
        new long[1],
        new int[1]);
  }
}
