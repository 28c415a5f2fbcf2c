package io.sparkswitch.data.pipeline.folder;

import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.InputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * What a shard folder excludes: {@code _exclusions/DIGEST.txt}, one list for each run that brought
 * new addresses, and {@code DIGEST.applied} once no shard holds their documents any more, or will
 * when all that is planned is made. Shards are made without all listed addresses, so only those of
 * lists without such a mark are to be looked for. Files are only ever added.
 */
public final class ExclusionLists {
  static final String FOLDER = "_exclusions";

  /** The one list that earlier versions kept, in the shard folder. */
  static final String FIRST = "_exclusions.txt";

  private static final String LIST = ".txt";
  private static final String APPLIED = ".applied";
  private static final int DIGEST_CHARACTERS = 16;

  private final Path folder;
  private final Configuration conf;
  private final Map<String, Exclusions> lists = new TreeMap<>();
  private final Set<String> applied = new HashSet<>();

  private ExclusionLists(Path folder, Configuration conf) {
    this.folder = folder;
    this.conf = conf;
  }

  /**
   * The lists of a shard folder.
   *
   * @throws InputException if one was changed or is gone: its documents would come back unnoticed
   */
  public static ExclusionLists read(Path folder, Configuration conf) throws IOException {
    ExclusionLists read = new ExclusionLists(folder, conf);
    for (Map.Entry<String, String> file : contents(folder, conf).entrySet()) {
      String name = file.getKey();
      if (name.endsWith(LIST)) {
        if (!name.equals(digest(file.getValue()) + LIST)) {
          throw lost(folder, name, "was changed after it was written");
        }
        read.lists.put(digest(file.getValue()), Exclusions.ofText(file.getValue()));
      } else if (name.endsWith(APPLIED)) {
        read.applied.add(name.substring(0, name.length() - APPLIED.length()));
      }
    }
    for (String list : read.applied) {
      if (!read.lists.containsKey(list)) {
        throw lost(folder, list + LIST, "is gone");
      }
    }
    return read;
  }

  /** All addresses that the folder says it excludes, whatever state its lists are in. */
  public static Exclusions found(Path folder, Configuration conf) throws IOException {
    List<Exclusions> found = new ArrayList<>(List.of(first(folder, conf)));
    for (Map.Entry<String, String> file : contents(folder, conf).entrySet()) {
      if (file.getKey().endsWith(LIST)) {
        found.add(Exclusions.ofText(file.getValue()));
      }
    }
    return Exclusions.union(found);
  }

  /** Keeps those of the addresses that are new, and those of an earlier version's list. */
  public void add(Exclusions given) throws IOException {
    Exclusions fresh = Exclusions.union(List.of(given, first(folder, conf))).without(all());
    if (!fresh.isEmpty()) {
      String name = digest(fresh.text());
      write(name + LIST, fresh.text());
      lists.put(name, fresh);
    }
  }

  public Exclusions all() {
    return Exclusions.union(lists.values());
  }

  /** Addresses whose documents may still be in shards. */
  public Exclusions pending() {
    List<Exclusions> open = new ArrayList<>();
    List<Exclusions> done = new ArrayList<>();
    lists.forEach((name, list) -> (applied.contains(name) ? done : open).add(list));
    return Exclusions.union(open).without(Exclusions.union(done));
  }

  /** To be called when all sources whose shards hold such documents are planned anew. */
  public void markApplied() throws IOException {
    for (String list : lists.keySet()) {
      if (applied.add(list)) {
        write(list + APPLIED, "");
      }
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = new Path(new Path(folder, FOLDER), name);
    WholeFile.writeOnce(file, conf, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Exclusions first(Path folder, Configuration conf) throws IOException {
    Optional<byte[]> content = WholeFile.read(new Path(folder, FIRST), conf);
    return content
        .map(bytes -> Exclusions.ofText(new String(bytes, StandardCharsets.UTF_8)))
        .orElse(Exclusions.NONE);
  }

  private static Map<String, String> contents(Path folder, Configuration conf) throws IOException {
    Path own = new Path(folder, FOLDER);
    FileStatus[] files;
    try {
      files = own.getFileSystem(conf).listStatus(own);
    } catch (FileNotFoundException e) {
      return Map.of();
    }
    Map<String, String> contents = new TreeMap<>();
    for (FileStatus file : files) {
      String name = file.getPath().getName();
      if (file.isFile() && (name.endsWith(LIST) || name.endsWith(APPLIED))) {
        byte[] content = WholeFile.read(file.getPath(), conf).orElse(new byte[0]);
        contents.put(name, new String(content, StandardCharsets.UTF_8));
      }
    }
    return contents;
  }

  private static String digest(String text) {
    return Digests.of(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST_CHARACTERS);
  }

  private static InputException lost(Path folder, String name, String what) {
    return new InputException(
        "%s/%s/%s, which keeps addresses out that were taken down, %s: restore it, or use --fresh and give with --exclude all that shall stay out"
            .formatted(folder, FOLDER, name, what));
  }
}
