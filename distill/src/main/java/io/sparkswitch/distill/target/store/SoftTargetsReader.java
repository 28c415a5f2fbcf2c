package io.sparkswitch.distill.target.store;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.distill.target.RealTargets;
import io.sparkswitch.distill.target.SoftTargets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * A finished folder of soft targets, read in the order of the student's steps by any number of
 * ranks, however many wrote it. The files of the chunk at hand are kept decoded, 8 bytes a token
 * that is kept; a file's digest is compared whenever it is loaded. Not thread-safe.
 */
public final class SoftTargetsReader {
  private final TargetsFolder folder;
  private final TargetsManifest manifest;
  private final Map<TargetFile, Map<Long, List<SoftTargets>>> chunk = new HashMap<>();

  private SoftTargetsReader(TargetsFolder folder, TargetsManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
  }

  /**
   * Opens a folder and checks that every file is there at its full length.
   *
   * @throws InputException if the folder is unfinished or a file is missing or of another length
   */
  public static SoftTargetsReader open(String path, Configuration conf) {
    TargetsFolder folder = new TargetsFolder(path, conf);
    try {
      TargetsManifest manifest =
          folder
              .manifest()
              .orElseThrow(
                  () ->
                      new InputException(
                          "%s is not a finished folder of soft targets: run teach"
                              .formatted(folder)));
      for (TargetFile file : manifest.files()) {
        folder.verifyLength(file);
      }
      return new SoftTargetsReader(folder, manifest);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read soft targets in " + path, e);
    }
  }

  public TargetsManifest manifest() {
    return manifest;
  }

  /**
   * Reads every file and compares its digest.
   *
   * @throws InputException naming the first file that differs
   */
  public void verifyDigests() {
    try {
      for (TargetFile file : manifest.files()) {
        folder.verifyDigest(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read soft targets in " + folder, e);
    }
  }

  /**
   * The rows of the student's sequences, in their order.
   *
   * @param from index of the first in the step's global batch
   * @param part the sequences as the student has them
   * @throws InputException if a row is missing or double, or was made from another sequence
   */
  public List<SoftTargets> rows(long step, int from, Batch part) {
    List<SoftTargets> rows = rows(step, from, from + part.sequences());
    long corruptionSeed = manifest.origin().stream().masks().corruptionSeed();
    for (int i = 0; i < rows.size(); i++) {
      SoftTargets row = rows.get(i);
      requireSame(row, "segment", row.key().segmentId(), part.segmentIds()[i]);
      requireSame(row, "epoch", row.key().epoch(), part.epochs()[i]);
      requireSame(row, "corruption seed", row.key().corruptionSeed(), corruptionSeed);
      requireSame(row, "number of targets", row.positions(), RealTargets.count(part, i));
    }
    return rows;
  }

  /**
   * The rows of sequences {@code [from, to)} of a step, in their order.
   *
   * @throws InputException if a row is missing or double, or its file is damaged
   */
  public List<SoftTargets> rows(long step, int from, int to) {
    long steps = manifest.settings().steps();
    if (step < 0 || step >= steps) {
      throw new InputException(
          "soft targets in %s cover steps [0, %d), not step %d: run teach with teach.steps=%d into another folder, or with --fresh"
              .formatted(folder, steps, step, step + 1));
    }
    List<TargetFile> files =
        manifest.files().stream().filter(file -> file.steps().contains(step)).toList();
    chunk.keySet().retainAll(files);
    SoftTargets[] found = new SoftTargets[to - from];
    for (TargetFile file : files) {
      if (file.sequences().meets(from, to)) {
        place(load(file).getOrDefault(step, List.of()), from, found);
      }
    }
    requireAll(found, step, from);
    return List.of(found);
  }

  private void place(List<SoftTargets> rows, int from, SoftTargets[] found) {
    for (SoftTargets row : rows) {
      int at = row.sequence() - from;
      if (at < 0 || at >= found.length) {
        continue;
      }
      if (found[at] != null) {
        throw new InputException(
            "soft targets in %s hold step %d, sequence %d twice; %s"
                .formatted(folder, row.step(), row.sequence(), folder.remedy()));
      }
      found[at] = row;
    }
  }

  private void requireAll(SoftTargets[] found, long step, int from) {
    if (Arrays.asList(found).contains(null)) {
      String missing =
          IntStream.range(0, found.length)
              .filter(i -> found[i] == null)
              .mapToObj(i -> Integer.toString(from + i))
              .collect(Collectors.joining(", "));
      throw new InputException(
          "soft targets in %s lack step %d, sequence %s; %s"
              .formatted(folder, step, missing, folder.remedy()));
    }
  }

  private void requireSame(SoftTargets row, String name, long inTargets, long inBatch) {
    if (inTargets != inBatch) {
      throw new InputException(
          "soft targets in %s: step %d, sequence %d has %s %d, the student's batch has %d there: they were made for another stream, run teach with this run's data and seed"
              .formatted(folder, row.step(), row.sequence(), name, inTargets, inBatch));
    }
  }

  private Map<Long, List<SoftTargets>> load(TargetFile file) {
    return chunk.computeIfAbsent(file, this::read);
  }

  private Map<Long, List<SoftTargets>> read(TargetFile file) {
    try {
      folder.verifyDigest(file);
      List<SoftTargets> rows = TargetFileReader.read(folder.path(file), folder.conf());
      double tolerance = manifest.settings().values().tolerance();
      rows.forEach(row -> row.distributions().requireMass(tolerance));
      return rows.stream().collect(Collectors.groupingBy(SoftTargets::step));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read soft targets " + folder.path(file), e);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s cannot be read: %s; %s".formatted(folder.path(file), e.getMessage(), folder.remedy()),
          e);
    }
  }
}
