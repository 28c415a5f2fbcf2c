package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.TargetsSettings;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a finished folder of soft targets holds; its presence is the commit.
 *
 * @param formatVersion of this record and of the files' columns
 * @param settings how the targets were made
 * @param origin what they are a function of
 * @param files in the order of steps, then names
 * @param provenance who made it, with what
 */
public record TargetsManifest(
    int formatVersion,
    TargetsSettings settings,
    TargetsOrigin origin,
    List<TargetFile> files,
    Map<String, String> provenance) {
  /** The version that this code writes. */
  public static final int FORMAT_VERSION = 2;

  public TargetsManifest {
    files =
        files.stream()
            .sorted(
                Comparator.comparingLong((TargetFile file) -> file.steps().from())
                    .thenComparing(TargetFile::name))
            .toList();
    provenance = Collections.unmodifiableMap(new TreeMap<>(provenance));
    long rows = files.stream().mapToLong(TargetFile::rows).sum();
    long expected = Math.multiplyExact(settings.steps(), origin.stream().batchSize());
    if (rows != expected) {
      throw new IllegalArgumentException(
          "the files hold %d rows, but %d steps of %d sequences are %d: rows are missing or double"
              .formatted(rows, settings.steps(), origin.stream().batchSize(), expected));
    }
  }

  public static TargetsManifest of(
      TargetsSettings settings,
      TargetsOrigin origin,
      List<TargetFile> files,
      Map<String, String> provenance) {
    return new TargetsManifest(FORMAT_VERSION, settings, origin, files, provenance);
  }

  /**
   * Refuses to serve another run than the one the targets were made for.
   *
   * @throws InputException naming each field that differs, with both values
   */
  public void requireMatch(TargetsOrigin expected) {
    String differences = Differences.of(origin.fields(), expected.fields());
    if (!differences.isEmpty()) {
      throw new InputException(
          "these soft targets were made for another run: %s; run teach for this one"
              .formatted(differences));
    }
  }

  /**
   * Refuses to stand for what was asked with other settings, or of another origin.
   *
   * @throws InputException naming each setting that is not what it was, with both values
   */
  public void requireSame(TargetsSettings wanted, TargetsOrigin expected, TargetsFolder folder) {
    requireSame(settings, wanted, origin, expected, folder);
  }

  static void requireSame(
      TargetsSettings was,
      TargetsSettings is,
      TargetsOrigin originWas,
      TargetsOrigin originIs,
      TargetsFolder folder) {
    Map<String, Object> all = new LinkedHashMap<>(was.fields());
    all.putAll(originWas.fields());
    boolean told = was.precision() != null;
    Map<String, Object> wanted = new LinkedHashMap<>((told ? is : is.in(null)).fields());
    wanted.putAll(originIs.fields());
    String differences = Differences.of(all, wanted);
    if (!differences.isEmpty()) {
      throw new InputException(
          "%s holds other soft targets: %s; give --fresh to start over, or another --out"
              .formatted(folder, differences));
    }
  }

  /** Target tokens in all files. */
  public long targets() {
    return files.stream().mapToLong(TargetFile::targets).sum();
  }

  /** Bytes of all files. */
  public long bytes() {
    return files.stream().mapToLong(TargetFile::bytes).sum();
  }

  /** What a target token takes on disk, everything included. */
  public double bytesPerTarget() {
    return (double) bytes() / targets();
  }

  /**
   * Refuses a student that softens otherwise than the targets were softened, or runs longer.
   *
   * @throws InputException naming the setting and both values
   */
  public void requireCovers(double temperature, long steps) {
    if (temperature != settings.temperature()) {
      throw new InputException(
          "the soft targets were made at another temperature: was %s, distill.temperature is %s; set distill.temperature = %1$s, or run teach with teach.temperature = %2$s"
              .formatted(settings.temperature(), temperature));
    }
    if (steps > settings.steps()) {
      throw new InputException(
          "the soft targets cover %d steps, the student trains for %d: run teach with teach.steps=%d into another folder, or with --fresh"
              .formatted(settings.steps(), steps, steps));
    }
  }
}
