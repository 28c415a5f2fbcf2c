package io.sparkswitch.data.pipeline.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.CleaningSettings.Limits;
import io.sparkswitch.data.clean.CleaningSettings.Paragraphs;
import io.sparkswitch.data.clean.CleaningSettings.WantedLanguage;
import io.sparkswitch.data.clean.RuleName;
import io.sparkswitch.data.pipeline.cut.Cleaning.Duplicates;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.shard.ShardSettings;
import io.sparkswitch.data.token.VocabularySpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which settings make other shards, and which only look as if they did. */
class RecipeTest {
  private static final Map<String, List<String>> WORDS = Map.of("en", List.of("darn"));
  private static final CleaningSettings PLAIN =
      settings(Set.of(), new Limits(1000, 5, 3, 190_000, 3), 3, 200, "en", 0.99, 1);

  /** All numbers other than in {@link #PLAIN}. */
  private static final CleaningSettings OTHER =
      settings(Set.of(), new Limits(1001, 6, 4, 190_001, 4), 4, 201, "de", 0.98, 0.5);

  @Test
  void numbersOfRulesThatAreOffMakeNoOtherRecipe() {
    assertThat(difference(PLAIN, OTHER, Set.of(), Duplicates.KEPT)).isEmpty();
    assertThat(difference(PLAIN, OTHER, Set.of(RuleName.STRIP), Duplicates.KEPT)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(RuleName.class)
  void numbersOfARuleThatIsOnAreAllThatCounts(RuleName rule) {
    String difference = difference(PLAIN, OTHER, Set.of(rule), Duplicates.KEPT);

    assertThat(difference.isEmpty() ? List.of() : List.of(difference.split("; ")))
        .isEqualTo(
            switch (rule) {
              case MAXIMUM_LENGTH -> List.of("characters a document was 190000 and is 190001 now");
              case LONG_WORD -> List.of("characters a word was 1000 and is 1001 now");
              case MINIMUM_WORDS -> List.of("words a line was 5 and is 6 now");
              case PARAGRAPHS ->
                  List.of(
                      "characters a paragraph was 200 and is 201 now",
                      "paragraphs was 3 and is 4 now");
              case REPEATED_SPANS -> List.of("sentences a span was 3 and is 4 now");
              case MINIMUM_SENTENCES -> List.of("sentences a document was 3 and is 4 now");
              case LANGUAGE ->
                  List.of(
                      "language was en and is de now",
                      "language confidence was 0.99 and is 0.98 now");
              case BAD_WORDS -> List.of("bad words filter fraction was 1.0 and is 0.5 now");
              default -> List.of();
            });
  }

  @Test
  void theSearchForDuplicatesUsesSentencesToo() {
    assertThat(difference(PLAIN, OTHER, Set.of(), Duplicates.LINES))
        .isEqualTo("sentences a document was 3 and is 4 now");
    assertThat(difference(PLAIN, OTHER, Set.of(), Duplicates.SENTENCES))
        .isEqualTo("sentences a document was 3 and is 4 now; sentences a span was 3 and is 4 now");
  }

  @Test
  void badWordsCountWhereARuleReadsThem() {
    for (RuleName rule : RuleName.values()) {
      CleaningSettings settings = PLAIN.withRules(List.of(rule));
      boolean same =
          recipe(settings, WORDS).differenceFrom(recipe(settings, Map.of()).toMap()).isEmpty();
      assertThat(same)
          .as(rule.word())
          .isEqualTo(rule != RuleName.BAD_WORDS && rule != RuleName.BAD_WORDS_2020);
    }
  }

  @Test
  void anotherRuleIsNamedWithItsNumbers() {
    assertThat(
            recipe(PLAIN.withRules(List.of(RuleName.STRIP)), Map.of())
                .differenceFrom(
                    recipe(
                            PLAIN.withRules(List.of(RuleName.STRIP, RuleName.MINIMUM_WORDS)),
                            Map.of())
                        .toMap()))
        .contains(
            "rules was strip, minimum-words and is strip now; words a line was 5 and is not used now");
  }

  @Test
  void recipesOfEarlierVersionsAreTheSameIfWhatTheyUseIs() {
    Map<String, String> earlier = earlier("MAXIMUM_LENGTH, STRIP, MINIMUM_WORDS, LANGUAGE");
    Set<RuleName> rules =
        Set.of(RuleName.MAXIMUM_LENGTH, RuleName.STRIP, RuleName.MINIMUM_WORDS, RuleName.LANGUAGE);

    assertThat(recipe(with(PLAIN, rules), Map.of()).differenceFrom(earlier)).isEmpty();
    assertThat(recipe(with(PLAIN, rules), WORDS).differenceFrom(earlier)).isEmpty();
    CleaningSettings unusedOther =
        settings(rules, new Limits(7, 5, 7, 190_000, 7), 7, 7, "en", 0.99, 0.7);
    assertThat(recipe(unusedOther, Map.of()).differenceFrom(earlier)).isEmpty();
    assertThat(recipe(with(OTHER, rules), Map.of()).differenceFrom(earlier))
        .hasValueSatisfying(
            difference ->
                assertThat(difference)
                    .contains("words a line was 5 and is 6 now")
                    .contains("language was en and is de now")
                    .doesNotContain("word was"));
  }

  @Test
  void anEarlierRecipeWithoutRulesOrWithBadWordsIsReadToo() {
    assertThat(recipe(OTHER, WORDS).differenceFrom(earlier(""))).isEmpty();

    Map<String, String> before = new TreeMap<>(earlier("BAD_WORDS_2020"));
    CleaningSettings settings = PLAIN.withRules(List.of(RuleName.BAD_WORDS_2020));
    assertThat(recipe(settings, Map.of()).differenceFrom(before)).isEmpty();
    assertThat(recipe(settings, WORDS).differenceFrom(before))
        .hasValueSatisfying(difference -> assertThat(difference).startsWith("bad words was "));
  }

  @Test
  void anEarlierRecipeThatCannotBeReadIsShownAsItIs() {
    Map<String, String> before = new TreeMap<>(earlier("SOME_RULE_OF_THE_FUTURE"));

    assertThat(recipe(PLAIN, Map.of()).differenceFrom(before))
        .hasValueSatisfying(
            difference ->
                assertThat(difference)
                    .contains("cleaning was CleaningSettings[rules=[SOME_RULE_OF_THE_FUTURE]"));
  }

  /** As earlier versions wrote it into plans, without bad words. */
  private static Map<String, String> earlier(String rules) {
    return Map.of(
        "segment length",
        "20",
        "row group segments",
        "8",
        "vocabulary",
        "d".repeat(64),
        "cleaning",
        "CleaningSettings[rules=[%s], limits=Limits[wordCharacters=1000, lineWords=5, sentences=3, documentCharacters=190000, spanSentences=3], paragraphs=Paragraphs[count=3, characters=200], language=WantedLanguage[code=en, confidence=0.99], badWordsFilterFraction=1.0]"
            .formatted(rules),
        "bad words",
        Digests.of("{}".getBytes(StandardCharsets.UTF_8)),
        "duplicates",
        "KEPT");
  }

  private static String difference(
      CleaningSettings before, CleaningSettings now, Set<RuleName> rules, Duplicates duplicates) {
    return recipe(with(now, rules), WORDS, duplicates)
        .differenceFrom(recipe(with(before, rules), WORDS, duplicates).toMap())
        .orElse("");
  }

  private static Recipe recipe(CleaningSettings settings, Map<String, List<String>> words) {
    return recipe(settings, words, Duplicates.KEPT);
  }

  private static Recipe recipe(
      CleaningSettings settings, Map<String, List<String>> words, Duplicates duplicates) {
    return new Recipe(
        new ShardSettings(20, 8),
        new VocabularySpec(1000, "d".repeat(64)),
        new Cleaning(settings, words, duplicates));
  }

  private static CleaningSettings with(CleaningSettings settings, Set<RuleName> rules) {
    return settings.withRules(rules);
  }

  private static CleaningSettings settings(
      Set<RuleName> rules,
      Limits limits,
      int paragraphs,
      int characters,
      String language,
      double confidence,
      double fraction) {
    return new CleaningSettings(
        rules,
        limits,
        new Paragraphs(paragraphs, characters),
        new WantedLanguage(language, confidence),
        fraction);
  }
}
