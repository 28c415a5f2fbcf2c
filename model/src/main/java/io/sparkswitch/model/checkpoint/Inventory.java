package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a folder of checkpoints holds, by its manifests; shards are not looked at.
 *
 * @param committed by step, then by attempt
 * @param faults folders of steps that are no checkpoints, and why
 */
record Inventory(List<Committed> committed, List<Fault> faults) {
  static final String MANIFEST = "manifest-%03d.json";
  private static final String STEP = CheckpointFolder.PREFIX + "%08d";

  /**
   * Why a step cannot be used.
   *
   * @param folder of the step
   * @param unfinished whether its writing was broken off, so that it never was a checkpoint
   */
  record Fault(Path folder, String why, boolean unfinished) {}

  /**
   * @throws IOException if a manifest is of an unknown format
   */
  static Inventory of(FileSystem files, Path root) throws IOException {
    Inventory inventory = new Inventory(new ArrayList<>(), new ArrayList<>());
    for (FileStatus step : stepFolders(files, root)) {
      FileStatus[] manifests = manifests(files, step.getPath());
      for (FileStatus manifest : manifests) {
        inventory.add(files, manifest.getPath());
      }
      if (manifests.length == 0) {
        inventory.faults.add(
            new Fault(step.getPath(), "it was never finished: it has no manifest", true));
      }
    }
    inventory.committed.sort(
        Comparator.comparingLong((Committed c) -> c.manifest().step())
            .thenComparingInt(c -> c.manifest().attempt()));
    return inventory;
  }

  static FileStatus[] stepFolders(FileSystem files, Path root) throws IOException {
    return files.exists(root)
        ? files.listStatus(root, path -> path.getName().startsWith(CheckpointFolder.PREFIX))
        : new FileStatus[0];
  }

  private static FileStatus[] manifests(FileSystem files, Path step) throws IOException {
    try {
      return files.listStatus(step, path -> path.getName().startsWith("manifest-"));
    } catch (FileNotFoundException e) {
      // Pruned since it was listed.
      return new FileStatus[0];
    }
  }

  static String stepName(long step) {
    return String.format(Locale.ROOT, STEP, step);
  }

  private void add(FileSystem files, Path path) throws IOException {
    byte[] json;
    try (InputStream in = files.open(path)) {
      json = in.readAllBytes();
    } catch (ChecksumException e) {
      faults.add(damaged(path, e.getMessage()));
      return;
    }
    if (json.length == 0) {
      faults.add(unfinished(path));
      return;
    }
    try {
      add(path, new ObjectMapper().readValue(json, CheckpointManifest.class));
    } catch (ValueInstantiationException e) {
      throw new IOException("%s: %s".formatted(path, e.getCause().getMessage()), e);
    } catch (JsonProcessingException e) {
      boolean cut = e instanceof JsonEOFException || e.getCause() instanceof JsonEOFException;
      faults.add(cut ? unfinished(path) : damaged(path, e.getOriginalMessage()));
    }
  }

  private void add(Path path, CheckpointManifest manifest) {
    String step = stepName(manifest.step());
    String file = String.format(Locale.ROOT, MANIFEST, manifest.attempt());
    if (step.equals(path.getParent().getName()) && file.equals(path.getName())) {
      committed.add(new Committed(path.getParent(), manifest));
    } else {
      faults.add(damaged(path, "it is that of %s/%s".formatted(step, file)));
    }
  }

  private static Fault unfinished(Path manifest) {
    return new Fault(manifest.getParent(), manifest.getName() + " was never finished", true);
  }

  private static Fault damaged(Path manifest, String why) {
    return new Fault(
        manifest.getParent(), "%s is damaged: %s".formatted(manifest.getName(), why), false);
  }
}
