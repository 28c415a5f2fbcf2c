package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.jobs.conf.RunConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clipping by the norm of all gradients, dense ones at the driver and experts' on their ranks. */
class GradientClippingTest {
  private static final int STEPS = 4;
  private static final double CLIP_NORM = 0.05;
  private static final double BETA1 = 0.9;
  private static final String AVERAGE = "adamw.average.";

  @TempDir private static Path folder;
  private static TrainedRun clipped;
  private static TrainedRun free;

  @BeforeAll
  static void trainWithOneRank() throws Exception {
    TinyShards.write(folder.resolve("shards"), config(0).data());
    clipped = train("clipped", 1, CLIP_NORM);
    free = train("free", 1, 0);
  }

  @Test
  void theFirstClippedGradientsHaveTheNormAskedForDenseOnesAndExpertsTogether() throws Exception {
    assertThat(norm(free.tensors(1))).isGreaterThan(4 * CLIP_NORM);
    assertThat(norm(clipped.tensors(1))).isCloseTo(CLIP_NORM, within(1e-6 * CLIP_NORM));
  }

  @Test
  void twoRanksClipAsOneDoes() throws Exception {
    TrainedRun two = train("two", 2, CLIP_NORM);

    Map<String, float[]> expected = clipped.tensors(STEPS);
    Map<String, float[]> actual = two.tensors(STEPS);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    assertThat(expected.keySet()).anyMatch(name -> name.contains(".experts.expert_3."));
    assertThat(distance(actual, expected)).isLessThan(1e-5);
    assertThat(distance(free.tensors(STEPS), expected)).as("clipping shows").isGreaterThan(1e-3);
  }

  @Test
  void aNormThatIsNeverReachedChangesNothing() throws Exception {
    TrainedRun wide = train("wide", 1, 1e6);

    assertThat(wide.digests(STEPS)).isEqualTo(free.digests(STEPS));
    assertThat(wide.losses()).hasSize(STEPS).isEqualTo(free.losses());
  }

  /** AdamW's first averages are 1 − β₁ of the gradients. */
  private static double norm(Map<String, float[]> tensors) {
    double squares = 0;
    for (Map.Entry<String, float[]> entry : tensors.entrySet()) {
      if (entry.getKey().startsWith(AVERAGE)) {
        for (float average : entry.getValue()) {
          double gradient = average / (1 - BETA1);
          squares += gradient * gradient;
        }
      }
    }
    return Math.sqrt(squares);
  }

  private static double distance(Map<String, float[]> a, Map<String, float[]> b) {
    double largest = 0;
    for (Map.Entry<String, float[]> entry : a.entrySet()) {
      float[] other = b.get(entry.getKey());
      for (int i = 0; i < other.length; i++) {
        largest = Math.max(largest, Math.abs(entry.getValue()[i] - other[i]));
      }
    }
    return largest;
  }

  private static TrainedRun train(String name, int ranks, double clipNorm) throws Exception {
    return LocalGang.train(config(clipNorm), ranks, folder.resolve("shards"), folder.resolve(name));
  }

  /** ε is large, so that updates do not hang on the signs of tiny gradients. */
  private static RunConfig config(double clipNorm) {
    return LocalGang.config(
        "training.steps=" + STEPS,
        "optimizer.schedule=constant",
        "optimizer.peak-learning-rate=0.02",
        "optimizer.name=adamw",
        "optimizer.epsilon=0.01",
        "optimizer.clip-norm=" + clipNorm);
  }
}
