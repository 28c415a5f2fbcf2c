package io.sparkswitch.distill.target.store;

import io.sparkswitch.distill.target.TargetsSettings;
import io.sparkswitch.distill.target.store.TargetFile.Span;
import java.util.List;

/**
 * Consecutive steps whose soft targets are written.
 *
 * @param formatVersion as of {@link TargetsManifest}
 * @param settings of the whole folder
 * @param origin of the whole folder
 * @param steps the steps
 * @param files of the ranks that wrote them
 */
public record TaughtChunk(
    int formatVersion,
    TargetsSettings settings,
    TargetsOrigin origin,
    Span steps,
    List<TargetFile> files) {

  /**
   * @throws IllegalArgumentException if rows are missing or double
   */
  public TaughtChunk {
    files = List.copyOf(files);
    long rows = files.stream().mapToLong(TargetFile::rows).sum();
    long expected =
        Math.multiplyExact(steps.to() - steps.from(), (long) origin.stream().batchSize());
    if (rows != expected) {
      throw new IllegalArgumentException(
          "%d rows for steps %s of %d sequences, not %d: rows are missing or double"
              .formatted(rows, steps, origin.stream().batchSize(), expected));
    }
  }

  public static TaughtChunk of(
      TargetsSettings settings, TargetsOrigin origin, Span steps, List<TargetFile> files) {
    return new TaughtChunk(TargetsManifest.FORMAT_VERSION, settings, origin, steps, files);
  }
}
