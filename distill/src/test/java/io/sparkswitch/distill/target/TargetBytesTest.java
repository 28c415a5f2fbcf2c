package io.sparkswitch.distill.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.distill.target.store.SoftTargetsWriter;
import io.sparkswitch.distill.target.store.TargetChunk;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes of a target token with the vocabulary of T5, its share of everything else in the file
 * included. Tokens are as frequent as words are, and know nothing of one another.
 */
class TargetBytesTest {
  private static final int VOCAB = 32_128;
  private static final int K = 50;
  private static final int POSITIONS = 114;
  private static final int ROWS = 30;

  private final Random random = new Random(1);

  @TempDir Path dir;

  @Tag("long")
  @Test
  void fiftyLikeliestTokensTake160BytesAtMost() throws IOException {
    assertThat(topK(TargetValues.BFLOAT16, 6 * ROWS)).isBetween(130.0, 160.0);
  }

  @Test
  void in8BitsTheyTakeThirtyFewer() throws IOException {
    double fewer = topK(TargetValues.BFLOAT16, ROWS) - topK(TargetValues.EIGHT_BIT, ROWS);
    assertThat(fewer).isBetween(28.0, 40.0);
  }

  @Test
  void fiftyDrawsTake60BytesAtMost() throws IOException {
    assertThat(sampled()).isBetween(20.0, 60.0);
  }

  @Test
  void wholeDistributionsTakeTwoBytesATokenAtMostAndFourInFloat32() throws IOException {
    assertThat(full(TargetValues.BFLOAT16) / VOCAB).isBetween(1.0, 2.0);
    assertThat(full(TargetValues.FLOAT32) / VOCAB).isBetween(2.0, 4.0);
  }

  private double topK(TargetValues values, int count) throws IOException {
    List<Distributions> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      int[] tokens = new int[POSITIONS * K];
      float[] probabilities = new float[POSITIONS * K];
      float[] remainder = new float[POSITIONS];
      for (int position = 0; position < POSITIONS; position++) {
        remainder[position] = (float) (0.5 * random.nextDouble());
        float[] top = likeliest(K, 1 - remainder[position]);
        System.arraycopy(values.round(top), 0, probabilities, position * K, K);
        System.arraycopy(words(K), 0, tokens, position * K, K);
      }
      rows.add(Distributions.of(K, tokens, probabilities, remainder));
    }
    return store(rows, TargetKind.TOP_K);
  }

  /** From the hundreds of likeliest tokens. */
  private double sampled() throws IOException {
    int likely = 150;
    List<Distributions> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      float[] probabilities = new float[POSITIONS * likely];
      long[] keys = new long[POSITIONS];
      for (int position = 0; position < POSITIONS; position++) {
        System.arraycopy(likeliest(likely, 1), 0, probabilities, position * likely, likely);
        keys[position] = random.nextLong();
      }
      try (PointerScope scope = new PointerScope()) {
        Tensor all = Tensors.floats(probabilities, POSITIONS, likely);
        Distributions ranks = new SampledTargets(K).of(all, keys);
        int[] tokens = ranks.tokens();
        for (int position = 0; position < POSITIONS; position++) {
          int[] words = words(likely);
          for (int i = ranks.begin(position); i < ranks.end(position); i++) {
            tokens[i] = words[tokens[i]];
          }
        }
        rows.add(ranks);
      }
    }
    return store(rows, TargetKind.SAMPLED);
  }

  private double full(TargetValues values) throws IOException {
    try (PointerScope scope = new PointerScope()) {
      Tensor logits = new Noise(3, 0).uniform(0, Noise.Site.JITTER, 0, 20, VOCAB, 0, 12);
      return store(
          List.of(new FullTargets(values).of(Softened.of(logits, 1), new long[0])),
          TargetKind.FULL);
    }
  }

  /** Different ones, the likelier the lower, as of words that are sorted by frequency. */
  private int[] words(int count) {
    return random
        .doubles()
        .mapToInt(share -> (int) (10 * Math.pow(1 + VOCAB / 10.0, share)) - 10)
        .filter(token -> token < VOCAB)
        .distinct()
        .limit(count)
        .toArray();
  }

  /** As the largest of many normal logits are spaced. */
  private float[] likeliest(int count, double mass) {
    double[] exponentials = new double[count];
    double logit = 0;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      exponentials[i] = Math.exp(logit);
      sum += exponentials[i];
      logit += 1.5 * Math.log(1 - random.nextDouble()) / (i + 1);
    }
    float[] probabilities = new float[count];
    for (int i = 0; i < count; i++) {
      probabilities[i] = (float) (mass * exponentials[i] / sum);
    }
    return probabilities;
  }

  /** Bytes a target of a file with these rows. */
  private double store(List<Distributions> rows, TargetKind kind) throws IOException {
    TargetsFolder folder = new TargetsFolder(dir.toUri().toString(), new Configuration());
    try (SoftTargetsWriter writer = folder.writer(new TargetChunk(0, 1, 0, 0), kind)) {
      for (int i = 0; i < rows.size(); i++) {
        writer.write(new SoftTargets(0, i, new RowKey(i, 7, 0), rows.get(i)));
      }
      TargetFile file = writer.finish();
      folder.deleteAllBut(List.of());
      return (double) file.bytes() / file.targets();
    }
  }
}
