package io.sparkswitch.jobs.report;

import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What prepare made, on one page: nothing fetched, nothing that runs. */
public final class PreparePage {
  private static final double PERCENT = 100;

  private final Map<String, ShardManifest> splits;

  /**
   * @param splits manifests by the name of the split, in the order of the page
   */
  public PreparePage(Map<String, ShardManifest> splits) {
    this.splits = splits;
  }

  public String render() throws IOException {
    return Page.render("prepared text", "", this::write);
  }

  private void write(Html html) {
    html.open("header");
    html.element("p", "sparkswitch prepare", "class", "kicker");
    html.element("h1", "Prepared text").close();
    splits.forEach((name, manifest) -> split(html, name, manifest));
    splits.values().stream().limit(1).forEach(manifest -> provenance(html, manifest));
  }

  /** What the shards are made of and how; the same for all splits. */
  private static void provenance(Html html, ShardManifest manifest) {
    html.open("section").element("h2", "Provenance");
    html.open("div", "class", "scroll").open("table", "class", "provenance");
    Map<String, String> facts = new LinkedHashMap<>(manifest.recipe());
    facts.putAll(manifest.provenance());
    facts.forEach(
        (name, value) -> {
          html.open("tr").element("th", name, "scope", "row");
          ProvenanceSection.cell(html, value);
          html.close();
        });
    html.close().close().close();
  }

  private static void split(Html html, String name, ShardManifest manifest) {
    DocumentCounts documents = manifest.documents();
    html.open("section").element("h2", name);
    html.element(
        "p",
        text(
            "Source files: %,d, manifest %d. %,d documents read = %,d kept + %,d dropped by rules + %,d quarantined. %,d segments of %d tokens.",
            manifest.sources().size(),
            manifest.number(),
            documents.read(),
            documents.kept(),
            documents.droppedInAll(),
            documents.quarantined(),
            manifest.totals().segments(),
            manifest.settings().segmentLength()));
    languages(html, manifest);
    rules(
        html,
        "Documents dropped, by rule",
        documents.dropped(),
        documents.read(),
        "of all documents");
    long lines = documents.linesDropped().values().stream().mapToLong(Long::longValue).sum();
    rules(html, "Lines dropped, by rule", documents.linesDropped(), lines, "of lines dropped");
    lengths(html, manifest.totals().documentsByLength());
    html.close();
  }

  private static void languages(Html html, ShardManifest manifest) {
    Map<String, Long> bytes = new HashMap<>();
    for (ShardFile file : manifest.files()) {
      bytes.merge(file.language(), file.bytes(), Long::sum);
    }
    html.element("h3", "Languages").open("table", "class", "figures");
    heading(
        html,
        List.of("language", "documents", "tokens", "segments", "text", "stored bytes a token"));
    int length = manifest.settings().segmentLength();
    manifest
        .languages()
        .forEach((language, counts) -> row(html, language(language, counts, bytes, length)));
    html.close();
  }

  private static List<String> language(
      String language, ShardCounts counts, Map<String, Long> bytes, int length) {
    long stored = counts.segments() * length;
    return List.of(
        language,
        text("%,d", counts.documents()),
        text("%,d", counts.tokens()),
        text("%,d", counts.segments()),
        text("%,.1f MB", counts.textBytes() / 1e6),
        stored == 0 ? "" : text("%.2f", (double) bytes.get(language) / stored));
  }

  private static void rules(
      Html html, String title, Map<String, Long> counts, long of, String share) {
    if (counts.isEmpty()) {
      return;
    }
    html.element("h3", title).open("table", "class", "figures");
    heading(html, List.of("rule", "dropped", share));
    counts.forEach(
        (rule, count) ->
            row(html, List.of(rule, text("%,d", count), text("%.2f %%", PERCENT * count / of))));
    html.close();
  }

  /** Each bar spans twice the lengths of the one before. */
  private static void lengths(Html html, List<Long> documents) {
    if (documents.isEmpty()) {
      return;
    }
    long most = Math.max(1, Collections.max(documents));
    html.element("h3", "Documents by length").open("table", "class", "figures usage");
    heading(html, List.of("tokens", "documents", ""));
    int first = 0;
    while (first < documents.size() - 1 && documents.get(first) == 0) {
      first++;
    }
    for (int i = first; i < documents.size(); i++) {
      long from = i == 0 ? 0 : 1L << i;
      html.open("tr");
      html.element("th", text("%,d–%,d", from, (2L << i) - 1), "scope", "row");
      html.element("td", text("%,d", documents.get(i)));
      html.open("td", "class", "strip");
      html.open("svg", "viewBox", "0 0 240 12", "role", "img", "aria-label", "share of bars")
          .empty("rect", "width", text("%.1f", 240.0 * documents.get(i) / most), "height", "12")
          .close();
      html.close().close();
    }
    html.close();
  }

  private static void heading(Html html, List<String> texts) {
    html.open("thead").open("tr");
    texts.forEach(content -> html.element("th", content, "scope", "col"));
    html.close().close();
  }

  /** The first cell names the row. */
  private static void row(Html html, List<String> texts) {
    html.open("tr").element("th", texts.get(0), "scope", "row");
    texts.subList(1, texts.size()).forEach(content -> html.element("td", content));
    html.close();
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
