package io.sparkswitch.data.token.normalise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.token.NaiveViterbi;
import io.sparkswitch.data.token.SampleText;
import io.sparkswitch.data.token.SentencePieceModel;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.train.UnigramPieces;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalisationTest {
  private static final char SPACE = ' ';
  private static final CharacterMap NFKC = Normalisation.NMT_NFKC.characterMap();

  /** Expected values are those of {@code spm_normalize --normalization_rule_name=nmt_nfkc}. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ligature, ﬁx, fix
          full width, Ａｂ１, Ab1
          half-width katakana, ｱ, ア
          half-width katakana with its mark, ｶﾞｷﾞ, ガギ
          combining mark, e\u0301, é
          two combining marks, a\u0323\u0302, ậ
          Hangul jamo, \u1100\u1161\u11A8, 각
          compatibility jamo, ㄱㅏ, 가
          ideographic space, x\u3000x, x x
          no-break space, x\u00a0x, x x
          zero-width space, x\u200bx, x x
          zero-width non-joiner, x\u200cx, x x
          zero-width joiner, x\u200dx, x\u200dx
          byte order mark, x\ufeffx, x x
          space mark, x\u2581x, x x
          control, x\u0007x, xx
          circled digit, ①, 1
          square word, ㌔, キロ
          fraction, ½, 1⁄2
          trade mark, ™, TM
          wide tilde, ～, ～
          ellipsis, …, ...
          Angstrom, \u212b, Å
          superscript, ², 2
          digraph, ǆ, dž
          Arabic ligature, ﻻ, لا
          """)
  void nmtNfkcIsSentencePieces(String what, String text, String expected) {
    assertThat(NFKC.normalise(text)).as(what).isEqualTo(expected);
  }

  @Test
  void singleCharactersComeOutAsTheirNfkc() {
    int changed = 0;
    for (int point = 0x20; point <= Character.MAX_CODE_POINT; point++) {
      String text = Character.toString(point);
      String expected = Normalizer.normalize(text, Normalizer.Form.NFKC);
      if (!isTranslationRule(point) && Character.isDefined(point)) {
        assertThat(NFKC.normalise(text)).isEqualTo(expected);
        changed += expected.equals(text) ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(4000);
  }

  @Test
  void decomposedTextComesOutComposed() {
    int compared = 0;
    for (int point = 0xC0; point < 0xD7A4; point++) {
      String text = Character.toString(point);
      String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
      String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
      if (!decomposed.equals(text) && composed.equals(text)) {
        assertThat(NFKC.normalise("x" + decomposed + "x")).isEqualTo("x" + text + "x");
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(11_172);
  }

  @Test
  void sentencePieceEncodesWhatTheMapAndThePiecesSay() {
    List<WordCount> counts = SampleText.counts(SampleText.lines(1, 400));
    byte[] model = UnigramTrainer.train(counts, UnigramSettings.of(400).withByteFallback());
    SentencePieceModel parsed = SentencePieceModel.parse(model);
    NaiveViterbi naive = new NaiveViterbi(parsed.pieces());
    int changed = 0;
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      for (String text : randomTexts(new Random(11), 2000)) {
        String normalised = String.join("", Words.split(NFKC.normalise(text)));
        assertThat(vocabulary.encode(text)).as(text).isEqualTo(naive.ids(normalised));
        assertThat(SPACE + vocabulary.decode(vocabulary.encode(text)))
            .isEqualTo(normalised.replace(Words.SPACE_MARK, SPACE));
        changed += normalised.replace(Words.SPACE_MARK, SPACE).equals(SPACE + text) ? 0 : 1;
      }
    }
    assertThat(changed).isGreaterThan(1500);
  }

  @Test
  void aModelCarriesItsMapAndReadsItBack() {
    List<WordCount> counts = List.of(new WordCount("\u2581abc", 5));
    byte[] model = UnigramTrainer.train(counts, UnigramSettings.of(7));
    SentencePieceModel.Normaliser read = SentencePieceModel.parse(model).normaliser();
    assertThat(read.name()).isEqualTo("nmt_nfkc");
    assertThat(read.map().toBytes()).isEqualTo(NFKC.toBytes());
    assertThat(UnigramPieces.of(model).mapsCharacters()).isTrue();
  }

  /** SentencePiece 0.1.97's own has 224,725 rules in 237,561 bytes. */
  @Test
  void theMapIsAsSmallAsSentencePieces() {
    assertThat(NmtNfkc.rules()).hasSizeBetween(224_000, 235_000);
    assertThat(NFKC.toBytes()).hasSizeBetween(230_000, 250_000);
  }

  @Test
  void namesAreSentencePieces() {
    assertThat(Normalisation.of("identity")).isSameAs(Normalisation.IDENTITY);
    assertThat(Normalisation.of("nmt_nfkc")).isSameAs(Normalisation.NMT_NFKC);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalisation.of("nfkc_cf"))
        .withMessage("normalisation = nfkc_cf is unknown: allowed are [identity, nmt_nfkc]");
  }

  /** Characters that the map's rules are made of, among others and half of the time in sequence. */
  private static List<String> randomTexts(Random random, int count) {
    List<String> sources = new ArrayList<>(NmtNfkc.rules().keySet());
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < 12; k++) {
        String source = sources.get(random.nextInt(sources.size()));
        switch (random.nextInt(4)) {
          case 0 -> text.append(source);
          case 1 -> text.appendCodePoint(source.codePointAt(0));
          case 2 -> text.append(SampleText.lines(random.nextInt(), 1).get(0)).append("e\u0301");
          default -> text.appendCodePoint(assigned(random));
        }
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static int assigned(Random random) {
    while (true) {
      int point = random.nextInt(1, Character.MAX_CODE_POINT + 1);
      if (Character.isDefined(point) && Character.getType(point) != Character.SURROGATE) {
        return point;
      }
    }
  }

  private static boolean isTranslationRule(int point) {
    int[] others = {
      0x7F, 0x8F, 0x9F, 0x1680, 0x200B, 0x200C, 0x200E, 0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF,
      0xFF5E, 0xFFFD
    };
    return Arrays.stream(others).anyMatch(other -> other == point)
        || Character.getType(point) == Character.SURROGATE;
  }
}
