package io.sparkswitch.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.shard.DocumentCounts;
import io.sparkswitch.data.shard.ShardCounts;
import io.sparkswitch.data.shard.ShardFile;
import io.sparkswitch.data.shard.ShardManifest;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.shard.ShardSource;
import io.sparkswitch.data.shard.SourceEntry;
import io.sparkswitch.data.token.VocabularySpec;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PreparePageTest {
  @Test
  void eachSplitIsAccountedForByLanguageRuleAndLength() throws Exception {
    Document page = page(manifest("de", List.of(0L, 0L, 5L, 15L)));

    assertThat(page.getElementsByTagName("h2").item(0).getTextContent()).isEqualTo("train");
    assertThat(page.getElementsByTagName("p").item(1).getTextContent())
        .isEqualTo(
            "Source files: 1, manifest 3. 40 documents read = 20 kept + 12 dropped by rules"
                + " + 8 quarantined. 10 segments of 9 tokens.");
    assertThat(rows(page))
        .contains(
            "de 20 90 10 0.0 MB 2.00",
            "curly-bracket 10 25.00 %",
            "language 2 5.00 %",
            "minimum-words 3 75.00 %",
            "policy-text 1 25.00 %",
            "4–7 5",
            "8–15 15",
            "rules all of them",
            "vocabulary 0123456789ab")
        .doesNotContain("0–1 0", "2–3 0");
  }

  @Test
  void barsAreInProportionToDocuments() throws Exception {
    NodeList bars = page(manifest("de", List.of(5L, 15L))).getElementsByTagName("rect");

    assertThat(((Element) bars.item(0)).getAttribute("width")).isEqualTo("80.0");
    assertThat(((Element) bars.item(1)).getAttribute("width")).isEqualTo("240.0");
  }

  @Test
  void whatComesFromOutsideIsNoMarkup() throws Exception {
    String page = new PreparePage(Map.of("train", manifest("<b>", List.of(5L, 15L)))).render();

    assertThat(page).contains("&lt;b&gt;").doesNotContain("<b>");
  }

  /** The texts of all rows, cell by cell. */
  private static List<String> rows(Document page) {
    NodeList rows = page.getElementsByTagName("tr");
    List<String> texts = new ArrayList<>();
    for (int row = 0; row < rows.getLength(); row++) {
      NodeList cells = rows.item(row).getChildNodes();
      List<String> words = new ArrayList<>();
      for (int cell = 0; cell < cells.getLength(); cell++) {
        words.add(cells.item(cell).getTextContent().strip());
      }
      words.removeIf(String::isEmpty);
      texts.add(String.join(" ", words));
    }
    return texts;
  }

  private static Document page(ShardManifest manifest) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new InputSource(new StringReader(new PreparePage(Map.of("train", manifest)).render())));
  }

  private static ShardManifest manifest(String language, List<Long> documentsByLength)
      throws IOException {
    String digest = "0123456789abcdef".repeat(4);
    ShardFile shard =
        new ShardFile(
            ShardFile.nameOf(language, "a"),
            language,
            digest,
            180,
            0,
            List.of(10),
            new ShardCounts(20, 400, 90, 0, 10, documentsByLength));
    DocumentCounts documents =
        new DocumentCounts(
            40,
            20,
            8,
            Map.of("curly-bracket", 10L, "language", 2L),
            Map.of("minimum-words", 3L, "policy-text", 1L));
    return ShardManifest.of(
        3,
        new ShardSettings(9, 16),
        new VocabularySpec(30, digest),
        Map.of("rules", "all of them", "vocabulary", digest),
        List.of(
            new SourceEntry(
                0,
                1,
                new ShardSource("file:/a", 1, digest),
                documents,
                "_quarantine/a",
                List.of(shard))),
        Map.of("verb", "prepare"));
  }
}
