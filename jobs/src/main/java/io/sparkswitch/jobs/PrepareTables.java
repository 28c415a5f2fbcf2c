package io.sparkswitch.jobs;

import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a preparation tells at its end: a table of the languages and one of the rules. */
final class PrepareTables {
  private static final String LANGUAGE = "  %-10s %,12d %,16d %,14d %10.2f %9.1f %%";

  private PrepareTables() {}

  static List<String> of(ShardManifest manifest) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "  %-10s %12s %16s %14s %10s %11s",
            "language",
            "documents",
            "tokens",
            "segments",
            "bytes/tok",
            "of tokens"));
    Map<String, Long> bytes = new HashMap<>();
    manifest.files().forEach(file -> bytes.merge(file.language(), file.bytes(), Long::sum));
    manifest
        .languages()
        .forEach(
            (language, counts) ->
                lines.add(language(language, counts, bytes.get(language), manifest)));
    manifest
        .documents()
        .linesDropped()
        .forEach((rule, count) -> lines.add(rule("lines dropped by", rule, count)));
    manifest
        .documents()
        .dropped()
        .forEach((rule, count) -> lines.add(rule("documents dropped by", rule, count)));
    unread(manifest).ifPresent(lines::add);
    return lines;
  }

  /** A file that cannot be read at all is one malformed record, which no share tells of. */
  private static Optional<String> unread(ShardManifest manifest) {
    List<String> files =
        manifest.sources().stream()
            .filter(source -> holdsNothing(source.documents()))
            .map(source -> source.source().path())
            .toList();
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "  %,d files gave no document at all, such as %s: _quarantine tells why"
                .formatted(files.size(), files.get(0)));
  }

  private static boolean holdsNothing(DocumentCounts documents) {
    return documents.quarantined() > 0 && documents.quarantined() == documents.read();
  }

  /** Stored bytes a token, over all shards; 0 if there is no segment. */
  static double bytesPerToken(ShardManifest manifest) {
    long bytes = manifest.files().stream().mapToLong(ShardFile::bytes).sum();
    return bytesPerToken(bytes, manifest.totals(), manifest);
  }

  private static String language(
      String language, ShardCounts counts, long bytes, ShardManifest manifest) {
    double share = 100.0 * counts.tokens() / Math.max(1, manifest.totals().tokens());
    return String.format(
        Locale.ROOT,
        LANGUAGE,
        language,
        counts.documents(),
        counts.tokens(),
        counts.segments(),
        bytesPerToken(bytes, counts, manifest),
        share);
  }

  private static double bytesPerToken(long bytes, ShardCounts counts, ShardManifest manifest) {
    long stored = counts.segments() * manifest.settings().segmentLength();
    return stored == 0 ? 0 : (double) bytes / stored;
  }

  private static String rule(String what, String rule, long count) {
    return String.format(Locale.ROOT, "  %s %s: %,d", what, rule, count);
  }
}
