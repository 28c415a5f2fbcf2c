package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.distill.loss.DistillationLoss;
import io.sparkswitch.distill.loss.RemainderLoss;
import io.sparkswitch.model.tensor.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampledTargetsTest {
  private static final int RESAMPLES = 10_000;
  private static final int DRAWS = 8;

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** In a walk over the cumulative sums in Java. */
  @Test
  void eachDrawIsTheTokenWhoseSliceOfTheUnitIntervalItFallsInto() {
    float[] probabilities = {0.5f, 0, 0.25f, 0.125f, 0.125f, 0};
    long[] keys = LongStream.range(0, 200).toArray();
    Tensor rows = Tensors.floats(probabilities, 1, 6).expand(200, 6);
    Distributions sampled = new SampledTargets(DRAWS).of(rows, keys);
    for (int position = 0; position < keys.length; position++) {
      Map<Integer, Float> expected = new TreeMap<>();
      for (int draw = 0; draw < DRAWS; draw++) {
        double left = uniform(keys[position], draw);
        int token = 0;
        while (left >= probabilities[token]) {
          left -= probabilities[token++];
        }
        expected.merge(token, 1f / DRAWS, Float::sum);
      }
      Map<Integer, Float> actual = new TreeMap<>();
      for (int i = sampled.begin(position); i < sampled.end(position); i++) {
        actual.put(sampled.tokens()[i], sampled.probabilities()[i]);
        assertThat(sampled.probabilities()[i])
            .as("most often drawn first")
            .isLessThanOrEqualTo(sampled.probabilities()[sampled.begin(position)]);
      }
      assertThat(actual).isEqualTo(expected);
    }
  }

  /** Unlike {@link io.sparkswitch.model.tensor.Noise}, in the words of SplitMix64's author. */
  private static double uniform(long key, int draw) {
    long state = key + draw * 0x9E3779B97F4A7C15L + 0x9E3779B97F4A7C15L;
    state = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    state = (state ^ (state >>> 27)) * 0x94D049BB133111EBL;
    return ((state ^ (state >>> 31)) >>> 11) / (double) (1L << 53);
  }

  /** Segment, corruption seed, epoch and position, and nothing else. */
  @Test
  void aRowDrawsTheSameWhereverItIsInABatch() {
    TargetsSettings settings = TargetsSettings.sampled(DRAWS);
    SoftTargets among = Rows.rows(2, 0, Rows.BATCH, settings).get(3);
    SoftTargets alone = Rows.rows(2, 3, 4, settings).get(0);
    assertThat(Rows.same(among, alone)).isTrue();
  }

  @Test
  void rowsOfAnotherSegmentMaskEpochOrPositionDrawAnew() {
    Tensor same = Tensors.floats(new float[] {.25f, .25f, .25f, .25f}, 1, 4).expand(5, 4);
    long[] keys = {
      new RowKey(1, 7, 0).ofPosition(0),
      new RowKey(2, 7, 0).ofPosition(0),
      new RowKey(1, 8, 0).ofPosition(0),
      new RowKey(1, 7, 1).ofPosition(0),
      new RowKey(1, 7, 0).ofPosition(1)
    };
    Distributions sampled = new SampledTargets(1000).of(same, keys);
    for (int position = 1; position < keys.length; position++) {
      assertThat(Rows.same(sampled.slice(position, position + 1), sampled.slice(0, 1))).isFalse();
    }
  }

  @Test
  void theMeanGradientOfManySamplesIsThatOfTheWholeDistribution() {
    double[] full = gradients(new SoftTargetsBatch.Full(teacher(1)), 1);
    double[] samples = gradients(samples(), RESAMPLES);
    assertThat(furthest(mean(samples), full, standardErrors(samples)))
        .as("in standard errors")
        .isBetween(0.1, 3.0);
  }

  @Test
  void topKWithoutItsRemainderFailsTheSameTest() {
    double[] full = gradients(new SoftTargetsBatch.Full(teacher(1)), 1);
    double[] errors = standardErrors(gradients(samples(), RESAMPLES));
    Distributions top = new TopKTargets(DRAWS, TargetValues.FLOAT32).of(teacher(1), new long[0]);
    SoftTargetsBatch without =
        new SoftTargetsBatch.Kept(
            Tensors.indices(top.tokens(), 1, DRAWS),
            Tensors.floats(top.probabilities(), 1, DRAWS),
            Optional.empty());
    assertThat(top.remainder()[0]).as("most of the mass is kept").isLessThan(0.1f);
    assertThat(furthest(gradients(without, 1), full, errors)).isGreaterThan(3);
  }

  /** {@code <float>[positions, vocab]}: always the same distribution. */
  private static Tensor teacher(int positions) {
    return Softened.of(Rows.logits(3, 0, 1).narrow(0, 0, 1), 1)
        .expand(positions, Rows.VOCAB)
        .contiguous();
  }

  private static SoftTargetsBatch samples() {
    long[] keys =
        LongStream.range(0, RESAMPLES)
            .map(segment -> new RowKey(segment, 5, 0).ofPosition(0))
            .toArray();
    Distributions sampled = new SampledTargets(DRAWS).of(teacher(RESAMPLES), keys);
    int width = sampled.width();
    int[] tokens = new int[RESAMPLES * width];
    float[] shares = new float[tokens.length];
    for (int position = 0; position < RESAMPLES; position++) {
      int begin = sampled.begin(position);
      int count = sampled.end(position) - begin;
      System.arraycopy(sampled.tokens(), begin, tokens, position * width, count);
      System.arraycopy(sampled.probabilities(), begin, shares, position * width, count);
    }
    return new SoftTargetsBatch.Kept(
        Tensors.indices(tokens, RESAMPLES, width),
        Tensors.floats(shares, RESAMPLES, width),
        Optional.empty());
  }

  /** Of the soft loss by the student's logits, {@code [positions, vocab]}; one student for all. */
  private static double[] gradients(SoftTargetsBatch soft, int positions) {
    Tensor student =
        Rows.logits(4, 0, 1)
            .narrow(0, 0, 1)
            .to(ScalarType.Double)
            .expand(positions, Rows.VOCAB)
            .contiguous();
    int[] all = new int[positions];
    Arrays.setAll(all, i -> i);
    Tensor chosen = Tensors.indices(all, positions);
    return Tensors.toDoubles(
        new DistillationLoss(1, 1, RemainderLoss.ONE_EVENT)
            .objective(soft)
            .gradient(student, Tensors.indices(new int[positions], positions), chosen)
            .logits());
  }

  private static double[] mean(double[] samples) {
    double[] mean = new double[Rows.VOCAB];
    for (int i = 0; i < samples.length; i++) {
      mean[i % Rows.VOCAB] += samples[i] / RESAMPLES;
    }
    return mean;
  }

  private static double[] standardErrors(double[] samples) {
    double[] mean = mean(samples);
    double[] squares = new double[Rows.VOCAB];
    for (int i = 0; i < samples.length; i++) {
      squares[i % Rows.VOCAB] += Math.pow(samples[i] - mean[i % Rows.VOCAB], 2);
    }
    return Arrays.stream(squares)
        .map(sum -> Math.sqrt(sum / (RESAMPLES - 1) / RESAMPLES))
        .toArray();
  }

  /** Of all tokens' gradients the one furthest off, in standard errors. */
  private static double furthest(double[] gradient, double[] expected, double[] errors) {
    double furthest = 0;
    for (int i = 0; i < Rows.VOCAB; i++) {
      furthest = Math.max(furthest, Math.abs(gradient[i] - expected[i]) / errors[i]);
    }
    return furthest;
  }
}
