package io.sparkswitch.data.pipeline.folder;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Addresses whose documents are taken down.
 *
 * @param urls the addresses, normalised
 */
public record Exclusions(Set<String> urls) {
  static final Exclusions NONE = new Exclusions(Set.of());

  private static final String COMMENT = "#";
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  public Exclusions {
    urls = Set.copyOf(urls);
  }

  /** One address a line; empty lines and those that begin with {@code #} are passed over. */
  public static Exclusions of(Collection<String> lines) {
    Set<String> urls = new TreeSet<>();
    for (String line : lines) {
      String bare = line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
      String url = bare.strip().startsWith(COMMENT) ? "" : UrlHash.normalise(bare);
      if (!url.isEmpty()) {
        urls.add(url);
      }
    }
    return new Exclusions(urls);
  }

  static Exclusions ofText(String text) {
    return of(text.lines().toList());
  }

  public boolean isEmpty() {
    return urls.isEmpty();
  }

  static Exclusions union(Collection<Exclusions> parts) {
    Set<String> all = new HashSet<>();
    parts.forEach(part -> all.addAll(part.urls));
    return new Exclusions(all);
  }

  public Exclusions without(Exclusions others) {
    Set<String> rest = new HashSet<>(urls);
    others.urls.forEach(rest::remove);
    return new Exclusions(rest);
  }

  /** One address a line, sorted. */
  String text() {
    return String.join("\n", new TreeSet<>(urls)) + "\n";
  }

  /** Hashes of the addresses in all their spellings, sorted. */
  public long[] hashes() {
    return urls.stream().flatMapToLong(Exclusions::hashes).distinct().sorted().toArray();
  }

  /** Those of which no spelling has one of the hashes, sorted. */
  public List<String> without(Set<Long> hashes) {
    return urls.stream().filter(url -> hashes(url).noneMatch(hashes::contains)).sorted().toList();
  }

  private static LongStream hashes(String url) {
    return AddressSpellings.of(url).stream().mapToLong(UrlHash::of).filter(hash -> hash != 0);
  }
}
