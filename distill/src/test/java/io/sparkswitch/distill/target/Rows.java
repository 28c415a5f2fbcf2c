package io.sparkswitch.distill.target;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.distill.target.StreamOrigin.Masks;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Noise.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A small stream of batches, a teacher that answers it at random, and its store. */
final class Rows {
  static final int VOCAB = 11;
  static final int BATCH = 5;
  static final int LENGTH = 4;
  static final long CORRUPTION_SEED = 77;
  static final TargetsOrigin ORIGIN =
      new TargetsOrigin(
          "teacher-a", "words-a", new StreamOrigin("data-a", 1, BATCH, new Masks(77, 0.15, 3)));

  private Rows() {}

  /** Sequences of 4, 3, 4, 3 … targets, padded to 4; segment 100 × step + sequence. */
  static Batch batch(long step) {
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
  static Tensor logits(long step, int from, int to) {
    return new Noise(5, step)
        .uniform(0, Site.JITTER, (long) from * LENGTH, (to - from) * LENGTH, VOCAB, -3, 3);
  }

  static List<SoftTargets> rows(long step, int from, int to, int k) {
    try (PointerScope scope = new PointerScope()) {
      Batch part = batch(step).slice(from, to);
      return new TeacherBatch(step, from, CORRUPTION_SEED, part).rows(logits(step, from, to), k);
    }
  }

  static TargetFile write(TargetsFolder folder, TargetChunk chunk, int from, int to, int k)
      throws IOException {
    try (SoftTargetsWriter writer = folder.writer(chunk, k)) {
      for (long step = chunk.firstStep(); step < chunk.endStep(); step++) {
        for (SoftTargets row : rows(step, from, to, k)) {
          writer.write(row);
        }
      }
      return writer.finish();
    }
  }

  /** Four steps in two chunks, written by two ranks that own sequences 0 to 1 and 2 to 4. */
  static TargetsManifest store(TargetsFolder folder, int k) throws IOException {
    List<TargetFile> files = new ArrayList<>();
    for (long first : new long[] {0, 2}) {
      files.add(write(folder, new TargetChunk(first, first + 2, 0, 0), 0, 2, k));
      files.add(write(folder, new TargetChunk(first, first + 2, 1, 0), 2, BATCH, k));
    }
    TargetsManifest manifest = manifest(4, k, files);
    folder.commit(manifest);
    return manifest;
  }

  static TargetsManifest manifest(long steps, int k, List<TargetFile> files) {
    return TargetsManifest.of(
        TargetsSettings.of(k, VOCAB, steps), ORIGIN, files, Map.of("verb", "teach"));
  }

  static boolean same(SoftTargets a, SoftTargets b) {
    return a.step() == b.step()
        && a.sequence() == b.sequence()
        && a.segmentId() == b.segmentId()
        && a.corruptionSeed() == b.corruptionSeed()
        && a.epoch() == b.epoch()
        && a.positions() == b.positions()
        && a.k() == b.k()
        && Arrays.equals(a.tokens(), b.tokens())
        && Arrays.equals(a.probabilities(), b.probabilities())
        && Arrays.equals(a.remainder(), b.remainder());
  }
}
