package io.sparkswitch.data.pipeline.folder;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

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
    return urls.stream()
        .flatMap(url -> AddressSpellings.of(url).stream())
        .mapToLong(UrlHash::of)
        .filter(hash -> hash != 0)
        .distinct()
        .sorted()
        .toArray();
  }
}
