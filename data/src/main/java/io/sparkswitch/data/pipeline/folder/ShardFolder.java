package io.sparkswitch.data.pipeline.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.shard.ManifestFile;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A shard folder as its writer sees it. {@code _plans/} says what is to be made, {@code _done/}
 * what is made since the last manifest, {@code _manifests/} what readers see; shards and
 * quarantines that none of them names are left over from a kill.
 */
public final class ShardFolder {
  private static final String PLANS = "_plans";
  private static final String DONE = "_done";
  private static final String LANGUAGE = "language=";
  private static final String FIRST_MANIFEST = "manifest.json";
  private static final String SHARD = ".parquet";
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path path;
  private final Configuration conf;
  private final FileSystem files;

  public ShardFolder(String folder, Configuration conf) throws IOException {
    Path given = new Path(folder);
    this.conf = conf;
    this.files = given.getFileSystem(conf);
    this.path = files.makeQualified(given);
  }

  public Path path() {
    return path;
  }

  public Optional<ShardManifest> newest() throws IOException {
    return ManifestFile.newest(path, conf);
  }

  /** All ingest batches, in their order, without what later ones withdrew. */
  public List<IngestPlan> plans() throws IOException {
    List<IngestPlan> plans = new ArrayList<>();
    for (Path file : list(PLANS)) {
      plans.add(read(file, IngestPlan.class));
    }
    plans.sort(Comparator.comparing(IngestPlan::number).reversed());
    Set<Integer> withdrawn = new HashSet<>();
    for (int i = 0; i < plans.size(); i++) {
      IngestPlan plan = plans.get(i);
      plans.set(i, plan.without(withdrawn));
      withdrawn.addAll(plan.withdrawn());
    }
    Collections.reverse(plans);
    return plans;
  }

  public void write(IngestPlan plan) throws IOException {
    Path file = new Path(new Path(path, PLANS), "%06d.json".formatted(plan.number()));
    WholeFile.write(file, conf, JSON.writeValueAsBytes(plan));
  }

  /** What is made, by the number of the source: of each source the newest. */
  public Map<Integer, SourceEntry> entries() throws IOException {
    Map<Integer, SourceEntry> entries = new TreeMap<>();
    newest().ifPresent(m -> m.sources().forEach(entry -> entries.put(entry.number(), entry)));
    List<IngestPlan> plans = plans();
    for (Path file : list(DONE)) {
      SourceEntry entry = read(file, SourceEntry.class);
      if (plans.stream().noneMatch(plan -> withdraws(plan, entry))) {
        entries.merge(entry.number(), entry, (a, b) -> a.batch() >= b.batch() ? a : b);
      }
    }
    return entries;
  }

  private static boolean withdraws(IngestPlan plan, SourceEntry entry) {
    return entry.batch() < plan.number() && plan.withdrawn().contains(entry.number());
  }

  /**
   * Refuses a folder with Parquet files that nobody here made: they would be swept away.
   *
   * @throws IllegalArgumentException naming one of them
   */
  public void requireOurs() throws IOException {
    boolean ours = files.exists(new Path(path, FIRST_MANIFEST));
    for (String folder : List.of(PLANS, ManifestFile.FOLDER)) {
      ours |= !list(folder).isEmpty();
    }
    if (ours) {
      return;
    }
    for (Path folder : languageFolders()) {
      for (Path file : list(folder.getName())) {
        if (file.getName().endsWith(SHARD)) {
          throw new IllegalArgumentException(
              "%s holds %s, which prepare did not make: give a folder of its own"
                  .formatted(path, file));
        }
      }
    }
  }

  /** The commit of one source file; for tasks. */
  public static void write(SourceEntry entry, Path folder, Configuration conf) throws IOException {
    String name = "%08d-%06d.json".formatted(entry.number(), entry.batch());
    Path file = new Path(new Path(folder, DONE), name);
    WholeFile.writeOnce(file, conf, JSON.writeValueAsBytes(entry));
  }

  /** Makes the manifest the newest one and deletes what it does not name. */
  public void commit(ShardManifest manifest) throws IOException {
    ManifestFile.write(path, conf, manifest);
    files.delete(new Path(path, DONE), true);
    sweep(names(manifest.sources()));
    deleteAttempts();
  }

  /** Deletes what killed writers left: neither readers nor the entries know of it. */
  public void deleteLeftovers(Collection<SourceEntry> entries) throws IOException {
    Set<String> kept = names(entries);
    newest().ifPresent(manifest -> kept.addAll(names(manifest.sources())));
    sweep(kept);
    deleteAttempts();
  }

  private static Set<String> names(Collection<SourceEntry> entries) {
    Set<String> names = new HashSet<>();
    for (SourceEntry source : entries) {
      names.add(source.quarantine());
      source.shards().stream().map(ShardFile::name).forEach(names::add);
    }
    return names;
  }

  private void deleteAttempts() throws IOException {
    for (String folder : List.of("", PLANS, DONE, ManifestFile.FOLDER, ExclusionLists.FOLDER)) {
      Path parent = folder.isEmpty() ? path : new Path(path, folder);
      files.delete(new Path(parent, WholeFile.ATTEMPTS), true);
    }
  }

  /**
   * Takes everything back, the manifests first, the plans, which tell whose it is, last.
   *
   * @param decisions the folder in it where what duplicates others is kept
   */
  public void clear(String decisions) throws IOException {
    files.delete(new Path(path, FIRST_MANIFEST), false);
    for (String folder :
        List.of(ManifestFile.FOLDER, DONE, Quarantine.FOLDER, ExclusionLists.FOLDER)) {
      files.delete(new Path(path, folder), true);
    }
    files.delete(new Path(path, ExclusionLists.FIRST), false);
    files.delete(new Path(path, decisions), true);
    deleteAttempts();
    sweep(Set.of());
    files.delete(new Path(path, PLANS), true);
  }

  private void sweep(Set<String> kept) throws IOException {
    for (Path folder : languageFolders()) {
      sweep(folder, SHARD, kept);
    }
    sweep(new Path(path, Quarantine.FOLDER), ".jsonl.gz", kept);
  }

  private void sweep(Path folder, String ending, Set<String> kept) throws IOException {
    boolean emptied = false;
    for (Path file : list(folder.getName())) {
      String name = folder.getName() + "/" + file.getName();
      if (name.endsWith(ending) && !kept.contains(name)) {
        files.delete(file, false);
        emptied = true;
      }
    }
    if (emptied && list(folder.getName()).isEmpty()) {
      files.delete(folder, true);
    }
  }

  private List<Path> languageFolders() throws IOException {
    try {
      return Arrays.stream(files.listStatus(path))
          .filter(FileStatus::isDirectory)
          .map(FileStatus::getPath)
          .filter(folder -> folder.getName().startsWith(LANGUAGE))
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private List<Path> list(String folder) throws IOException {
    try {
      return Arrays.stream(files.listStatus(new Path(path, folder)))
          .filter(FileStatus::isFile)
          .map(FileStatus::getPath)
          .sorted(Comparator.comparing(Path::getName))
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  private <T> T read(Path file, Class<T> type) throws IOException {
    byte[] content =
        WholeFile.read(file, conf).orElseThrow(() -> new FileNotFoundException(file.toString()));
    try {
      return JSON.readValue(content, type);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is damaged (%s): restore it, or run prepare with --fresh"
              .formatted(file, e.getOriginalMessage()),
          e);
    }
  }
}
