package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the folder holds, and what each training came from. */
final class ProvenanceSection {
  private static final int HASH_DIGITS = 12;
  private static final List<String> EXPECTED =
      List.of(
          "configHash",
          "dataHash",
          "vocabularyHash",
          "seed",
          "version",
          "gitCommit",
          "javaVersion",
          "sparkVersion");

  /** Numbers of a manifest that only its readers need. */
  private static final Set<String> NOT_TOLD = Set.of("schemaVersion", "rowGroupSegments");

  private final RunFolder folder;

  ProvenanceSection(RunFolder folder) {
    this.folder = folder;
  }

  void write(Html html) {
    html.open("section").element("h2", "Provenance");
    parts(html);
    Collection<Run> runs = folder.runs().values();
    if (runs.stream().allMatch(run -> run.provenance().isEmpty())) {
      html.element("p", "No training recorded where it came from.");
    } else {
      table(html, List.copyOf(runs));
    }
    html.close();
  }

  private void parts(Html html) {
    html.open("ul", "class", "parts");
    for (Part part : Part.values()) {
      html.open("li").element("b", part.label()).text(": ");
      Map<String, JsonNode> described = folder.parts().get(part);
      if (described == null) {
        html.text("not there");
      } else {
        List<String> facts = new ArrayList<>();
        described.forEach((file, description) -> facts.add(facts(file, description)));
        facts.removeIf(String::isEmpty);
        html.text(facts.isEmpty() ? "there" : String.join("; ", facts));
      }
      html.close();
    }
    html.close();
  }

  private void table(Html html, List<Run> runs) {
    html.open("div", "class", "scroll").open("table", "class", "provenance");
    html.open("thead").open("tr").element("th", "", "scope", "col");
    runs.forEach(run -> html.element("th", run.role().label(), "scope", "col"));
    html.close().close().open("tbody");
    Set<String> keys = new LinkedHashSet<>(EXPECTED);
    runs.forEach(run -> run.provenance().fieldNames().forEachRemaining(keys::add));
    for (String key : keys) {
      html.open("tr").element("th", words(key), "scope", "row");
      List<String> values = runs.stream().map(run -> text(run.provenance().path(key))).toList();
      if (values.size() > 1 && values.stream().distinct().count() == 1) {
        cell(html, values.get(0), "colspan", Integer.toString(values.size()));
      } else {
        values.forEach(value -> cell(html, value));
      }
      html.close();
    }
    html.close().close().close();
  }

  /** Of a digest the beginning, the rest where one points at it. */
  static void cell(Html html, String value, String... attributes) {
    html.open("td", attributes);
    String digits = value.replaceFirst("^sha-?256:", "");
    if (digits.matches("[0-9a-f]{20,}")) {
      html.element("code", digits.substring(0, HASH_DIGITS), "title", value);
    } else {
      html.text(value.isEmpty() ? Numbers.MISSING : value);
    }
    html.close();
  }

  private static String facts(String file, JsonNode description) {
    List<String> facts = new ArrayList<>();
    for (JsonNode node :
        List.of(description, description.path("totals"), description.path("settings"))) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        if (field.getValue().isNumber() && !NOT_TOLD.contains(field.getKey())) {
          facts.add(words(field.getKey()) + " " + number(field.getValue()));
        }
      }
    }
    String name = file.substring(file.indexOf('/') + 1);
    String where = name.endsWith(".json") ? "" : name + ": ";
    return facts.isEmpty() ? "" : where + String.join(", ", facts);
  }

  private static String number(JsonNode value) {
    return value.isIntegralNumber() ? Numbers.count(JsonText.number(value)) : value.asText();
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.isMissingNode() ? "" : value.toString();
  }

  /** {@code gitCommit} becomes "git commit". */
  private static String words(String key) {
    return key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replace('_', ' ').toLowerCase(Locale.ROOT);
  }
}
