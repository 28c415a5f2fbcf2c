package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.CheckpointManifest.Shard;
import io.sparkswitch.model.checkpoint.Inventory.Fault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: {@code step-00000500/} with safetensors shards under final names that
 * carry the attempt, and a manifest, created last, which is the commit. Nothing is ever renamed.
 */
public final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
  static final String PREFIX = "step-";

  private final Path root;
  private final Configuration conf;
  private final Consumer<String> say;

  /** What is passed over is told to the log. */
  public CheckpointFolder(String root, Configuration conf) {
    this(root, conf, LOG::warn);
  }

  /**
   * @param say told of every checkpoint that is passed over: which, why, and what is used instead
   */
  public CheckpointFolder(String root, Configuration conf, Consumer<String> say) {
    this.root = new Path(root);
    this.conf = conf;
    this.say = say;
  }

  /**
   * A committed checkpoint.
   *
   * @param folder where it lies
   * @param manifest its commit
   */
  public record Committed(Path folder, CheckpointManifest manifest) {}

  /** When a checkpoint became one. */
  public Instant committedAt(Committed checkpoint) throws IOException {
    String name = Inventory.MANIFEST.formatted(checkpoint.manifest().attempt());
    Path manifest = new Path(checkpoint.folder(), name);
    return Instant.ofEpochMilli(
        manifest.getFileSystem(conf).getFileStatus(manifest).getModificationTime());
  }

  /** Makes the folder, so that executors can tell whether they see the driver's. */
  public void create() throws IOException {
    root.getFileSystem(conf).mkdirs(root);
  }

  /** Deletes every checkpoint; numbers of attempts stay used. */
  public void clear() throws IOException {
    FileSystem fs = root.getFileSystem(conf);
    for (FileStatus step : Inventory.stepFolders(fs, root)) {
      fs.delete(step.getPath(), true);
    }
  }

  /**
   * @throws InputException if the folder is not there
   */
  public void requireVisible() throws IOException {
    if (!root.getFileSystem(conf).exists(root)) {
      throw new InputException(
          "%s is not to be seen from here: the run folder must lie where the driver and every executor see it"
              .formatted(root));
    }
  }

  /** Writes one shard and returns its entry for the manifest; nothing is committed yet. */
  public Shard writeShard(long step, int attempt, String name, Map<String, Tensor> tensors)
      throws IOException {
    List<TensorSpec> specs =
        tensors.entrySet().stream().map(e -> TensorSpec.of(e.getKey(), e.getValue())).toList();
    return writeShard(step, attempt, name, specs, spec -> tensors.get(spec.name()));
  }

  /** As above, with one tensor at a time in memory. */
  public Shard writeShard(
      long step, int attempt, String name, List<TensorSpec> specs, TensorSource source)
      throws IOException {
    Path folder = folder(step);
    FileSystem fs = folder.getFileSystem(conf);
    String file = String.format(Locale.ROOT, "%s-attempt-%03d.safetensors", name, attempt);
    MessageDigest digest = sha256();
    Path path = new Path(folder, file);
    try (OutputStream out = new DigestOutputStream(fs.create(path, true), digest)) {
      SafeTensorsWriter.write(out, specs, source);
    } catch (IOException | FSError e) { // so Hadoop's local file system says that a disk is full
      throw unwritten(fs, path, e);
    }
    return new Shard(
        file, fs.getFileStatus(path).getLen(), HexFormat.of().formatHex(digest.digest()));
  }

  /** Removes what was written of a file, which is worth nothing. */
  private static IOException unwritten(FileSystem fs, Path path, Throwable cause) {
    try {
      fs.delete(path, false);
    } catch (IOException | FSError e) {
      cause.addSuppressed(e);
    }
    return new IOException(
        "cannot write %s: %s; the run can go on from its last checkpoint once there is room"
            .formatted(path, cause.getMessage()),
        cause);
  }

  /**
   * As {@link #writeShard}, in as many shards as it takes.
   *
   * @param maxBytes tensor bytes of a shard; a larger tensor has a shard of its own
   */
  public List<Shard> writeShards(
      long step,
      int attempt,
      String name,
      List<TensorSpec> specs,
      TensorSource source,
      long maxBytes)
      throws IOException {
    List<Shard> shards = new ArrayList<>();
    List<List<TensorSpec>> cut = ShardPlan.of(specs, maxBytes).shards();
    for (int i = 0; i < cut.size(); i++) {
      String shard = String.format(Locale.ROOT, "%s-%03d-of-%03d", name, i, cut.size());
      shards.add(writeShard(step, attempt, shard, cut.get(i), source));
    }
    return shards;
  }

  /**
   * Makes the shards a checkpoint.
   *
   * @throws InputException if a shard is not to be seen from here at its full length
   */
  public void commit(CheckpointManifest manifest) throws IOException {
    Path folder = folder(manifest.step());
    FileSystem fs = folder.getFileSystem(conf);
    for (Shard shard : manifest.shards()) {
      requireWritten(fs, new Path(folder, shard.file()), shard.bytes());
    }
    Path path =
        new Path(folder, String.format(Locale.ROOT, Inventory.MANIFEST, manifest.attempt()));
    byte[] json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
    try (OutputStream out = fs.create(path, true)) {
      out.write(json);
    }
  }

  private static void requireWritten(FileSystem fs, Path path, long bytes) throws IOException {
    long seen;
    try {
      seen = fs.getFileStatus(path).getLen();
    } catch (FileNotFoundException e) {
      seen = -1;
    }
    if (seen != bytes) {
      throw new InputException(
          "%s was written with %d bytes, but %s from here: the run folder must lie where the driver and every executor see it"
              .formatted(path, bytes, seen < 0 ? "is not to be seen" : "has " + seen));
    }
  }

  /**
   * The newest checkpoint whose manifest and shards are whole. Before it is returned, each newer
   * one is said to be passed over, with the reason. Empty if none was ever committed.
   *
   * @throws InputException if there are checkpoints, but not one is whole
   */
  public Optional<Committed> latest() throws IOException {
    Inventory inventory = inventory();
    List<Fault> faults = new ArrayList<>(inventory.faults());
    Optional<Committed> whole = newestWhole(inventory.committed(), faults);
    // Step numbers have leading zeros: names sort as numbers.
    faults.sort(Comparator.comparing(Fault::folder).reversed());
    if (whole.isEmpty() && !faults.stream().allMatch(Fault::unfinished)) {
      throw new InputException(
          "%s holds checkpoints, but none of them is whole (%s): restore their files, or start over with --fresh"
              .formatted(root, sentences(faults)));
    }
    String instead = whole.map(c -> "using " + c.folder()).orElse("there is no other");
    for (Fault fault : faults) {
      if (whole.isEmpty() || fault.folder().compareTo(whole.get().folder()) >= 0) {
        say.accept(
            "Checkpoint %s is passed over: %s; %s."
                .formatted(fault.folder(), fault.why(), instead));
      }
    }
    return whole;
  }

  private static String sentences(List<Fault> faults) {
    return faults.stream()
        .map(fault -> "%s: %s".formatted(fault.folder().getName(), fault.why()))
        .collect(Collectors.joining("; "));
  }

  /** Whether a checkpoint of this step was committed; its shards are not looked at. */
  public boolean isCommitted(long step) throws IOException {
    return committed().stream().anyMatch(c -> c.manifest().step() == step);
  }

  /** What is damaged among the newer ones is added to {@code faults}. */
  private Optional<Committed> newestWhole(List<Committed> all, List<Fault> faults)
      throws IOException {
    for (int i = all.size() - 1; i >= 0; i--) {
      Committed candidate = all.get(i);
      Optional<String> damage = damage(candidate);
      if (damage.isEmpty()) {
        return Optional.of(candidate);
      }
      faults.add(new Fault(candidate.folder(), damage.get(), false));
    }
    return Optional.empty();
  }

  /**
   * The checkpoint of a step that a certain attempt committed.
   *
   * @throws IOException if there is none
   */
  public Committed open(long step, int attempt) throws IOException {
    return committed().stream()
        .filter(c -> c.manifest().step() == step && c.manifest().attempt() == attempt)
        .findFirst()
        .orElseThrow(
            () ->
                new IOException(
                    "%s has no checkpoint of attempt %d".formatted(folder(step), attempt)));
  }

  /**
   * The checkpoint to read: that of {@code step}, or the newest that is whole.
   *
   * @throws FileNotFoundException naming the folder if there is none
   * @throws InputException if the one of {@code step} is damaged
   */
  public Committed require(OptionalLong step) throws IOException {
    if (step.isEmpty()) {
      return latest()
          .orElseThrow(
              () -> new FileNotFoundException("%s holds no finished checkpoint".formatted(root)));
    }
    List<Committed> ofStep =
        committed().stream().filter(c -> c.manifest().step() == step.getAsLong()).toList();
    if (ofStep.isEmpty()) {
      throw new FileNotFoundException(
          "%s holds no checkpoint of step %d; it has steps %s"
              .formatted(root, step.getAsLong(), steps(committed())));
    }
    List<Fault> faults = new ArrayList<>();
    return newestWhole(ofStep, faults)
        .orElseThrow(
            () ->
                new InputException(
                    "checkpoint %s is damaged (%s): choose another step of %s"
                        .formatted(ofStep.get(0).folder(), sentences(faults), root)));
  }

  private static List<Long> steps(List<Committed> all) {
    return all.stream().map(c -> c.manifest().step()).distinct().toList();
  }

  /**
   * Deletes every step before the one just committed that need not stay, and what broken attempts
   * left between. Later steps, which a run that went back to an older checkpoint finds damaged, do
   * not count and stay.
   *
   * @param step just committed
   */
  public void prune(Retention retention, long step) throws IOException {
    List<Long> committed = steps(committed()).stream().filter(s -> s <= step).toList();
    Set<String> stay = new HashSet<>();
    for (int i = 0; i < committed.size(); i++) {
      boolean newest = i >= committed.size() - retention.newest();
      if (newest || retention.isForGood(committed.get(i))) {
        stay.add(Inventory.stepName(committed.get(i)));
      }
    }
    FileSystem fs = root.getFileSystem(conf);
    for (FileStatus folder : Inventory.stepFolders(fs, root)) {
      String name = folder.getPath().getName();
      // Step numbers have leading zeros: names sort as numbers.
      if (name.compareTo(Inventory.stepName(step)) < 0 && !stay.contains(name)) {
        fs.delete(folder.getPath(), true);
      }
    }
  }

  /**
   * Deletes what earlier attempts left of a step that they did not commit.
   *
   * @param attempt that has committed the step
   */
  public void sweep(long step, int attempt) throws IOException {
    Path folder = folder(step);
    FileSystem fs = folder.getFileSystem(conf);
    Set<String> named = new HashSet<>();
    for (Committed commit : committed()) {
      if (commit.folder().getName().equals(folder.getName())) {
        commit.manifest().shards().forEach(shard -> named.add(shard.file()));
      }
    }
    for (FileStatus file : fs.listStatus(folder)) {
      String name = file.getPath().getName();
      OptionalInt writer = AttemptNumbers.in(name);
      boolean shard = !name.startsWith("manifest-");
      if (shard && writer.isPresent() && writer.getAsInt() < attempt && !named.contains(name)) {
        fs.delete(file.getPath(), false);
      }
    }
  }

  private List<Committed> committed() throws IOException {
    return inventory().committed();
  }

  private Inventory inventory() throws IOException {
    return Inventory.of(root.getFileSystem(conf), root);
  }

  private Optional<String> damage(Committed checkpoint) throws IOException {
    FileSystem fs = root.getFileSystem(conf);
    for (Shard shard : checkpoint.manifest().shards()) {
      Path path = new Path(checkpoint.folder(), shard.file());
      MessageDigest digest = sha256();
      long length = 0;
      try (InputStream in = new DigestInputStream(fs.open(path), digest)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          length += n;
        }
      } catch (FileNotFoundException e) {
        return Optional.of(shard.file() + " is missing");
      } catch (IOException e) {
        return Optional.of(shard.file() + " cannot be read: " + e.getMessage());
      }
      if (length != shard.bytes()) {
        return Optional.of(
            "%s has %d bytes instead of %d".formatted(shard.file(), length, shard.bytes()));
      }
      if (!HexFormat.of().formatHex(digest.digest()).equals(shard.sha256())) {
        return Optional.of(
            shard.file() + " was altered or is another checkpoint's: its digest differs");
      }
    }
    return Optional.empty();
  }

  private Path folder(long step) {
    return new Path(root, Inventory.stepName(step));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
