package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.source.Document;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CleanerTest {
  private static final Map<String, String> RULES_OF_COUNTERS =
      Map.of(
          "line_too_short", "minimum-words",
          "line_no_endmark", "terminal-punctuation",
          "line_javascript", "javascript",
          "line_policy", "policy-text",
          "page_toofewsentences", "minimum-sentences",
          "page_squigglybracket", "curly-bracket",
          "page_loremipsum", "lorem-ipsum",
          "page_badword", "bad-words-2020");
  private static final CleaningSettings PAGE = without(CleaningSettings.c4(), RuleName.LANGUAGE);

  @Test
  void pagesAreCleanedAndCountedAsInC4() {
    Cleaner cleaner = Cleaner.of(PAGE, BadWords.none());
    int compared = 0;
    for (JsonNode page : Facts.of("clean_page")) {
      Outcome outcome = cleaner.clean(Facts.document(page.get("in").asText()));
      assertCounters(page.get("counters"), outcome);
      if (page.get("out").isNull()) {
        assertThat(outcome).as("%s", page.get("name")).isInstanceOf(Outcome.Dropped.class);
      } else {
        assertThat(textOf(outcome)).isEqualTo(page.get("out").asText());
      }
      compared++;
    }
    assertThat(compared).isEqualTo(6);
  }

  @Test
  void badWordsInsideALineDropThePageAsIn2020() {
    JsonNode facts = Facts.of("badwords_2020");
    Cleaner cleaner = Cleaner.of(PAGE, BadWords.of(Map.of("en", strings(facts.get("badwords")))));
    int compared = 0;
    for (JsonNode item : facts.get("cases")) {
      String text = facts.get("padding").asText() + item.get("last_line").asText();
      Outcome outcome = cleaner.clean(Facts.document(text));
      assertThat(outcome instanceof Outcome.Kept)
          .as("%s", item)
          .isEqualTo(item.get("kept").asBoolean());
      if (item.has("counters")) {
        assertCounters(item.get("counters"), outcome);
      }
      compared++;
    }
    assertThat(compared).isEqualTo(3);
    assertThat(
            cleaner.clean(Facts.document(facts.get("padding").asText() + "It was a big old ass")))
        .as("a word at the end of a line is not seen")
        .isInstanceOf(Outcome.Kept.class);
  }

  @Test
  void badWordsOfItsLanguageDropThePage() {
    JsonNode facts = Facts.of("badwords_new");
    Cleaner cleaner =
        Cleaner.of(
            CleaningSettings.off().withRules(Set.of(RuleName.BAD_WORDS)),
            BadWords.of(Facts.words(facts.get("badwords"))));
    int compared = 0;
    for (JsonNode item : facts.get("cases")) {
      String text = facts.get("padding").asText() + item.get(0).asText();
      Document page = new Document("u", text, "", item.get(1).asText());
      Outcome outcome = cleaner.clean(page);
      assertThat(outcome instanceof Outcome.Kept).as("%s", item).isEqualTo(item.get(2).asBoolean());
      compared++;
    }
    assertThat(compared).isEqualTo(7);
  }

  @Test
  void aFractionOfThePagesWithBadWordsStaysByUrl() {
    JsonNode soft = Facts.of("badwords_new").get("soft");
    BadWords words = BadWords.of(Facts.words(soft.get("badwords")));
    Cleaner half = Cleaner.of(badWords(soft.get("filter_fraction").asDouble()), words);
    int compared = 0;
    for (JsonNode item : soft.get("cases")) {
      Document page = new Document(item.get(1).asText(), item.get(0).asText(), "", "");
      assertThat(half.clean(page) instanceof Outcome.Kept)
          .as("%s", item)
          .isEqualTo(item.get(2).asBoolean());
      compared++;
    }
    assertThat(compared).isEqualTo(3);
    assertThat(keptOf(words, 0)).isEqualTo(1000L);
    assertThat(keptOf(words, 0.1)).isBetween(860L, 940L);
    assertThat(keptOf(words, 1)).isZero();
  }

  @Test
  void pagesWithoutLongLinesAreDroppedAsInMc4() {
    JsonNode facts = Facts.of("paragraph_filter");
    int compared = 0;
    for (JsonNode item : facts.get("cases")) {
      String text = facts.get("text").asText() + item.path("append").asText();
      CleaningSettings settings =
          new CleaningSettings(
              Set.of(RuleName.PARAGRAPHS),
              CleaningSettings.Limits.c4(),
              new CleaningSettings.Paragraphs(
                  item.get("min_paragraphs").asInt(), item.get("min_len").asInt()),
              new CleaningSettings.WantedLanguage("", 0),
              1);
      Outcome outcome = Cleaner.of(settings, BadWords.none()).clean(Facts.document(text));
      assertThat(outcome instanceof Outcome.Kept)
          .as("%s", item)
          .isEqualTo(item.get("pass").asBoolean());
      compared++;
    }
    assertThat(compared).isEqualTo(3);
  }

  @Test
  void aPageOfTooManyCharactersIsDroppedBeforeItsLinesAreRead() {
    JsonNode facts = Facts.of("is_valid_length");
    int limit = facts.get("max_chars").asInt();
    CleaningSettings settings =
        CleaningSettings.off()
            .withRules(EnumSet.of(RuleName.MAXIMUM_LENGTH, RuleName.CURLY_BRACKET));
    Cleaner cleaner = Cleaner.of(settings, BadWords.none());
    String atLimit = "\ud83d\ude00".repeat(limit);

    assertThat(cleaner.clean(Facts.document(atLimit)) instanceof Outcome.Kept)
        .isEqualTo(facts.get("at_limit").asBoolean());
    Outcome over = cleaner.clean(Facts.document(atLimit + "{"));
    assertThat(over instanceof Outcome.Kept).isEqualTo(facts.get("over").asBoolean());
    assertThat(((Outcome.Dropped) over).rule()).isEqualTo("maximum-length");
  }

  @Test
  void rulesMeetALineInC4sOrder() {
    Cleaner cleaner = Cleaner.of(PAGE, BadWords.none());

    assertThat(counts(cleaner, "Too short {"))
        .containsExactly(Map.entry("terminal-punctuation", 1L));
    assertThat(counts(cleaner, "Too short {.")).containsExactly(Map.entry("minimum-words", 1L));
    assertThat(counts(cleaner, "Javascript is needed here, not {."))
        .containsExactly(Map.entry("javascript", 1L));
    assertThat(rule(cleaner, "Lorem ipsum has javascript and {.")).isEqualTo("lorem-ipsum");
    assertThat(rule(cleaner, "Our privacy policy has one {.")).isEqualTo("curly-bracket");
    assertThat(counts(cleaner, "A " + "w".repeat(1001) + " [3] lorem ipsum of all."))
        .containsExactly(Map.entry("long-word", 1L));
    assertThat(counts(cleaner, "A " + "w".repeat(1000) + " is a word of all.")).isEmpty();
  }

  @Test
  void theFirstLineThatCostsTheDocumentDecidesByWhichRule() {
    Outcome outcome =
        Cleaner.of(PAGE, BadWords.none())
            .clean(
                Facts.document(
                    "No end mark\nHere is the code of f() {.\nThis is all lorem ipsum text.\nNo end"));

    assertThat(outcome)
        .isEqualTo(
            new Outcome.Dropped(
                "curly-bracket", new Outcome.Lines(0, Map.of("terminal-punctuation", 1L))));
  }

  @Test
  void repeatedSentencesWithinADocumentGoAndTheFirstCopyStays() {
    String song = "The old mill turns. The river runs by. The miller is asleep.";
    String text = song + " A bird sings in the tree.\n" + song + "\nAnd this is the end of it.";
    Outcome.Kept kept =
        (Outcome.Kept) Cleaner.of(PAGE, BadWords.none()).clean(Facts.document(text));

    assertThat(kept.document().text())
        .isEqualTo(song + " A bird sings in the tree.\nAnd this is the end of it.");
    assertThat(kept.lines()).isEqualTo(new Outcome.Lines(3, Map.of("repeated-spans", 1L)));
  }

  @Test
  void nothingIsChangedWhenEveryRuleIsOff() {
    Document document = Facts.document(" {lorem ipsum \r\n\n x");

    Outcome outcome = Cleaner.of(CleaningSettings.off(), BadWords.none()).clean(document);

    assertThat(outcome).isEqualTo(new Outcome.Kept(document, new Outcome.Lines(0, Map.of())));
  }

  @Test
  void documentsThatCameInAreThoseKeptAndThoseDropped() {
    Cleaner cleaner = Cleaner.of(PAGE, BadWords.none());
    CleaningCounts one = CleaningCounts.none();
    CleaningCounts other = CleaningCounts.none();
    for (JsonNode page : Facts.of("clean_page")) {
      Outcome outcome = cleaner.clean(Facts.document(page.get("in").asText()));
      one = one.plus(outcome);
      other = outcome instanceof Outcome.Kept ? other.plus(outcome) : other;
    }

    assertThat(one.kept()).isEqualTo(3);
    assertThat(one.documentsDropped())
        .isEqualTo(Map.of("minimum-sentences", 1L, "curly-bracket", 1L, "lorem-ipsum", 1L));
    assertThat(one.linesDropped())
        .isEqualTo(
            Map.of(
                "minimum-words",
                1L,
                "terminal-punctuation",
                3L,
                "javascript",
                2L,
                "policy-text",
                6L));
    assertThat(one.plus(other)).isEqualTo(other.plus(one));
    assertThat(one.plus(other).documents()).isEqualTo(9);
  }

  private static CleaningSettings without(CleaningSettings settings, RuleName rule) {
    EnumSet<RuleName> rules = EnumSet.copyOf(settings.rules());
    rules.remove(rule);
    return settings.withRules(rules);
  }

  private static CleaningSettings badWords(double fraction) {
    CleaningSettings off = CleaningSettings.off();
    return new CleaningSettings(
        Set.of(RuleName.BAD_WORDS), off.limits(), off.paragraphs(), off.language(), fraction);
  }

  private static long keptOf(BadWords words, double fraction) {
    Cleaner cleaner = Cleaner.of(badWords(fraction), words);
    return IntStream.range(0, 1000)
        .mapToObj(i -> cleaner.clean(new Document("a.example/" + i, "bad page", "", "")))
        .filter(Outcome.Kept.class::isInstance)
        .count();
  }

  /** Compares a page's counters with the counts of an outcome, none left out on either side. */
  private static void assertCounters(JsonNode counters, Outcome outcome) {
    CleaningCounts counts = CleaningCounts.none().plus(outcome);
    Map<String, Long> found = new HashMap<>();
    RULES_OF_COUNTERS.forEach(
        (counter, rule) -> {
          Map<String, Long> all =
              counter.startsWith("line") ? counts.linesDropped() : counts.documentsDropped();
          found.put(counter, all.getOrDefault(rule, 0L));
        });
    found.put("line_valid", counts.linesPassed());
    found.put("page_emitted", counts.kept());
    found.values().removeIf(count -> count == 0);
    Map<String, Long> expected = new HashMap<>();
    counters.properties().forEach(e -> expected.put(e.getKey(), e.getValue().asLong()));
    assertThat(found).isEqualTo(expected);
  }

  private static Map<String, Long> counts(Cleaner cleaner, String text) {
    return cleaner.clean(Facts.document(text)).lines().dropped();
  }

  private static String rule(Cleaner cleaner, String text) {
    return ((Outcome.Dropped) cleaner.clean(Facts.document(text))).rule();
  }

  private static String textOf(Outcome outcome) {
    return ((Outcome.Kept) outcome).document().text();
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asText()));
    return strings;
  }
}
