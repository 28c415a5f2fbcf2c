package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.target.store.SoftTargetsWriter;
import io.sparkswitch.distill.target.store.StreamOrigin;
import io.sparkswitch.distill.target.store.StreamOrigin.Masks;
import io.sparkswitch.distill.target.store.TargetChunk;
import io.sparkswitch.distill.target.store.TargetFile;
import io.sparkswitch.distill.target.store.TargetsFolder;
import io.sparkswitch.distill.target.store.TargetsManifest;
import io.sparkswitch.distill.target.store.TargetsOrigin;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import io.sparkswitch.model.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A small stream of batches, a teacher that answers it at random, and its store. */
public final class Rows {
  public static final int VOCAB = 11;
  public static final int BATCH = 5;
  public static final int LENGTH = 4;
  public static final long CORRUPTION_SEED = 77;
  public static final TargetsOrigin ORIGIN =
      new TargetsOrigin(
          "teacher-a",
          "words-a",
          new StreamOrigin("data-a", 1, BATCH, "window 2", new Masks(77, 0.15, 3)));

  private Rows() {}

  /** Sequences of 4, 3, 4, 3 … targets, padded to 4; segment 100 × step + sequence. */
  public static Batch batch(long step) {
    int[] targets = new int[BATCH * LENGTH];
    float[] weights = new float[BATCH * LENGTH];
    long[] segments = new long[BATCH];
    int[] epochs = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      segments[i] = 100 * step + i;
      epochs[i] = step < 3 ? 0 : 1;
      for (int p = 0; p < LENGTH - i % 2; p++) {
        targets[i * LENGTH + p] = 3 + p;
        weights[i * LENGTH + p] = 1;
      }
    }
    int[] decoder = new int[BATCH * LENGTH];
    return new Batch(BATCH, 1, LENGTH, new int[BATCH], decoder, targets, weights, segments, epochs);
  }

  /** {@code <float>[sequences × LENGTH, VOCAB]}, a function of step and sequence alone. */
  public static Tensor logits(long step, int from, int to) {
    return new Noise(5, step)
        .uniform(0, Site.JITTER, (long) from * LENGTH, (to - from) * LENGTH, VOCAB, -3, 3);
  }

  /** What a teacher with {@link #logits} is read to. */
  public static List<SoftTargets> rows(long step, int from, int to, TargetsSettings settings) {
    try (PointerScope scope = new PointerScope()) {
      Batch part = batch(step).slice(from, to);
      TeacherReading reading = new TeacherReading(step, from, CORRUPTION_SEED, part, settings);
      int[] real = RealTargets.of(part);
      Tensor at = Tensors.indices(real, real.length);
      Tensor labels = Tensors.indices(new int[real.length], real.length);
      reading.loss(logits(step, from, to).index_select(0, at), labels, at);
      return reading.rows();
    }
  }

  public static TargetFile write(
      TargetsFolder folder, TargetChunk chunk, int from, int to, TargetsSettings settings)
      throws IOException {
    try (SoftTargetsWriter writer = folder.writer(chunk, settings.kind())) {
      for (long step = chunk.firstStep(); step < chunk.endStep(); step++) {
        for (SoftTargets row : rows(step, from, to, settings)) {
          writer.write(row);
        }
      }
      return writer.finish();
    }
  }

  /** Four steps in two chunks, written by two ranks that own sequences 0 to 1 and 2 to 4. */
  public static TargetsManifest store(TargetsFolder folder, TargetsSettings settings)
      throws IOException {
    List<TargetFile> files = new ArrayList<>();
    for (long first : new long[] {0, 2}) {
      files.add(write(folder, new TargetChunk(first, first + 2, 0, 0), 0, 2, settings));
      files.add(write(folder, new TargetChunk(first, first + 2, 1, 0), 2, BATCH, settings));
    }
    TargetsManifest manifest = manifest(settings.over(4), files);
    folder.commit(manifest);
    return manifest;
  }

  public static TargetsManifest manifest(TargetsSettings settings, List<TargetFile> files) {
    return TargetsManifest.of(settings, ORIGIN, files, Map.of("verb", "teach"));
  }

  public static boolean same(SoftTargets a, SoftTargets b) {
    return a.step() == b.step()
        && a.sequence() == b.sequence()
        && a.key().equals(b.key())
        && same(a.distributions(), b.distributions());
  }

  public static boolean same(Distributions a, Distributions b) {
    return Arrays.equals(a.ends(), b.ends())
        && Arrays.equals(a.tokens(), b.tokens())
        && Arrays.equals(a.probabilities(), b.probabilities())
        && Arrays.equals(a.remainder(), b.remainder());
  }
}
