package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.Document;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LanguageTest {
  private static final String ENGLISH =
      "The river ran past the old mill, and every child of our town knew the song it sang.";
  private static final Map<String, String> TEXTS =
      Map.of(
          "en", ENGLISH,
          "de", "Der Fluss lief an der alten M\u00fchle vorbei, und jedes Kind kannte sein Lied.",
          "fr",
              "La rivi\u00e8re passait devant le vieux moulin et chaque enfant connaissait son chant.",
          "ru",
              "\u0420\u0435\u043a\u0430 \u0442\u0435\u043a\u043b\u0430 \u043c\u0438\u043c\u043e \u0441\u0442\u0430\u0440\u043e\u0439 \u043c\u0435\u043b\u044c\u043d\u0438\u0446\u044b, \u0438 \u043a\u0430\u0436\u0434\u044b\u0439 \u0440\u0435\u0431\u0451\u043d\u043e\u043a \u0437\u043d\u0430\u043b \u0435\u0451 \u043f\u0435\u0441\u043d\u044e.",
          "iw",
              "\u05d4\u05e0\u05d4\u05e8 \u05d6\u05e8\u05dd \u05dc\u05d9\u05d3 \u05d4\u05d8\u05d7\u05e0\u05d4 \u05d4\u05d9\u05e9\u05e0\u05d4 \u05d5\u05db\u05dc \u05d9\u05dc\u05d3 \u05d4\u05db\u05d9\u05e8 \u05d0\u05ea \u05e9\u05d9\u05e8\u05d5.",
          "zh",
              "\u6cb3\u6d41\u7ecf\u8fc7\u8001\u78e8\u574a\uff0c\u9547\u4e0a\u7684\u6bcf\u4e2a\u5b69\u5b50\u90fd\u77e5\u9053\u5b83\u5531\u7684\u6b4c\u3002");

  private final LanguageIdentifier identifier = NgramLanguageIdentifier.shared();

  @Test
  void languagesBearMc4sCodes() {
    TEXTS.forEach(
        (language, text) -> {
          LanguageIdentifier.Guess guess = identifier.identify(text);
          assertThat(guess.language()).isEqualTo(language);
          assertThat(guess.confidence()).as(language).isBetween(0.99, 1.0);
        });
  }

  @Test
  void aGuessIsAlwaysTheSameEvenBetweenThreads() {
    String mixed = TEXTS.get("de") + " " + ENGLISH;
    LanguageIdentifier.Guess first = identifier.identify(mixed);

    assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> identifier.identify(mixed)))
        .hasSize(200)
        .allMatch(first::equals);
  }

  @Test
  void textWithoutLettersIsOfNoLanguage() {
    assertThat(identifier.identify("12 + 30 = 42"))
        .isEqualTo(new LanguageIdentifier.Guess("und", 0));
    assertThat(identifier.identify("")).isEqualTo(new LanguageIdentifier.Guess("und", 0));
  }

  @Test
  void textOfAScriptThatNoProfileKnowsIsOfNoLanguageWhateverElseItHolds() {
    String armenian = "\u0533\u0565\u057f\u0568 \u0570\u0578\u057d\u0578\u0582\u0574 \u0567\u0580 ";

    assertThat(identifier.identify(armenian.repeat(20) + "ja see on k\u00f5ik"))
        .isEqualTo(new LanguageIdentifier.Guess("und", 0));
    assertThat(identifier.identify(armenian + ENGLISH).language()).isEqualTo("en");
  }

  @Test
  void c4KeepsCertainEnglishOnly() {
    Cleaner cleaner =
        Cleaner.of(CleaningSettings.c4().withRules(Set.of(RuleName.LANGUAGE)), BadWords.none());

    Outcome english = cleaner.clean(Facts.document(ENGLISH));
    assertThat(((Outcome.Kept) english).document().language()).isEqualTo("en");
    assertThat(cleaner.clean(Facts.document(TEXTS.get("de"))))
        .isInstanceOfSatisfying(
            Outcome.Dropped.class, gone -> assertThat(gone.rule()).isEqualTo("language"));
  }

  @Test
  void theThresholdBelongsToWhatIsKept() {
    CleaningSettings mc4 = CleaningSettings.mc4().withRules(Set.of(RuleName.LANGUAGE));

    assertThat(kept(mc4, "sw", 0.7)).isTrue();
    assertThat(kept(mc4, "sw", 0.69)).isFalse();
    assertThat(kept(mc4, "und", 1)).isFalse();
    CleaningSettings c4 = CleaningSettings.c4().withRules(Set.of(RuleName.LANGUAGE));
    assertThat(kept(c4, "en", 0.99)).isTrue();
    assertThat(kept(c4, "en", 0.98)).isFalse();
  }

  @Test
  void badWordsAreThoseOfTheLanguageFound() {
    Cleaner cleaner =
        Cleaner.of(
            CleaningSettings.mc4().withRules(Set.of(RuleName.LANGUAGE, RuleName.BAD_WORDS)),
            BadWords.of(Map.of("zh", java.util.List.of("\u78e8\u574a"))));
    Document chinese = new Document("u", TEXTS.get("zh"), "", "en");

    assertThat(((Outcome.Dropped) cleaner.clean(chinese)).rule()).isEqualTo("bad-words");
    assertThat(cleaner.clean(Facts.document(ENGLISH))).isInstanceOf(Outcome.Kept.class);
  }

  @Test
  void settingsNameWhatIsWrong() {
    assertThatThrownBy(() -> new CleaningSettings.WantedLanguage("en", 1.5))
        .hasMessage("language confidence 1.5: a number from 0 to 1 is needed");
    assertThatThrownBy(() -> new CleaningSettings.Paragraphs(0, 200))
        .hasMessage("paragraphs 0: at least 1 is needed");
    assertThatThrownBy(() -> RuleName.of("stripe"))
        .hasMessageStartingWith("no cleaning rule is called stripe: use some of maximum-length,");
    for (RuleName rule : RuleName.values()) {
      assertThat(RuleName.of(rule.word())).isEqualTo(rule);
    }
  }

  private static boolean kept(CleaningSettings settings, String language, double confidence) {
    return Cleaner.of(
                settings,
                BadWords.none(),
                text -> new LanguageIdentifier.Guess(language, confidence))
            .clean(Facts.document(ENGLISH))
        instanceof Outcome.Kept;
  }
}
