package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.shard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Addresses whose documents are taken down, {@code _exclusions.txt}: once given, they stay out of
 * all shards of the folder.
 *
 * @param urls normalised addresses
 */
record Exclusions(Set<String> urls) {
  static final String FILE = "_exclusions.txt";

  Exclusions {
    urls = Set.copyOf(urls);
  }

  static Exclusions read(Path folder, Configuration conf) throws IOException {
    Optional<byte[]> content = WholeFile.read(new Path(folder, FILE), conf);
    return of(
        Arrays.asList(
            content.map(c -> new String(c, StandardCharsets.UTF_8)).orElse("").split("\n")));
  }

  /** One address a line; empty lines are passed over. */
  static Exclusions of(Collection<String> lines) {
    Set<String> urls = new TreeSet<>();
    lines.stream().map(UrlHash::normalise).filter(url -> !url.isEmpty()).forEach(urls::add);
    return new Exclusions(urls);
  }

  Exclusions with(Exclusions others) {
    Set<String> all = new TreeSet<>(urls);
    all.addAll(others.urls);
    return new Exclusions(all);
  }

  void write(Path folder, Configuration conf) throws IOException {
    String text = String.join("\n", new TreeSet<>(urls)) + "\n";
    WholeFile.write(new Path(folder, FILE), conf, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Hashes of the addresses, sorted. */
  long[] hashes() {
    return urls.stream().mapToLong(UrlHash::of).sorted().toArray();
  }
}
