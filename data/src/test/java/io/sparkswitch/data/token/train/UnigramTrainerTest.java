package io.sparkswitch.data.token.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.token.NaiveViterbi;
import io.sparkswitch.data.token.Piece;
import io.sparkswitch.data.token.SampleText;
import io.sparkswitch.data.token.SentencePieceModel;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.normalise.Normalisation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class UnigramTrainerTest {
  private static final List<WordCount> COUNTS = SampleText.counts(SampleText.lines(1, 400));

  @Test
  void encodedIdsAreTheMostProbableSegmentation() {
    byte[] model = SampleText.model(300);
    NaiveViterbi naive = new NaiveViterbi(SentencePieceModel.parse(model).pieces());
    int compared = 0;
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      for (String line : SampleText.lines(5, 300)) {
        int[] expected = naive.ids(String.join("", Words.split(line)));
        assertThat(vocabulary.encode(line)).isEqualTo(expected);
        compared += expected.length;
      }
    }
    assertThat(compared).isGreaterThan(3000);
  }

  @Test
  void theModelDependsOnNeitherTheRunNorTheOrderOfTheCounts() {
    List<WordCount> shuffled = new ArrayList<>(COUNTS);
    Collections.shuffle(shuffled, new Random(7));
    assertThat(UnigramTrainer.train(shuffled, UnigramSettings.of(150)))
        .isEqualTo(UnigramTrainer.train(COUNTS, UnigramSettings.of(150)));
  }

  @Test
  void thePiecesAreAsManyAsAskedAndDistinctAndSorted() {
    List<Piece> pieces =
        SentencePieceModel.parse(UnigramTrainer.train(COUNTS, UnigramSettings.of(150))).pieces();
    assertThat(pieces).hasSize(150);
    assertThat(pieces).extracting(Piece::text).startsWith("<pad>", "</s>", "<unk>");
    assertThat(pieces).extracting(Piece::text).doesNotHaveDuplicates();
    assertThat(pieces.subList(3, 150))
        .isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
  }

  @Test
  void everyCoveredCharacterHasAPiece() {
    List<WordCount> counts = new ArrayList<>(COUNTS);
    counts.add(new WordCount("\u2581Ω", 1));
    assertThat(texts(UnigramTrainer.train(counts, settings(100, 1.0, 16)))).contains("Ω", "é", "q");
    assertThat(texts(UnigramTrainer.train(counts, settings(100, 0.999, 16))))
        .contains("é", "q")
        .doesNotContain("Ω");
  }

  @Test
  void piecesKeepToOneWordOneScriptAndTheirLength() {
    List<WordCount> counts =
        List.of(
            new WordCount("\u2581abcdefgh", 500),
            new WordCount("\u2581F16", 400),
            new WordCount("\u2581don't", 300),
            new WordCount("\u2581жук", 200),
            new WordCount("\u2581жукabc", 100));
    List<String> texts = texts(UnigramTrainer.train(counts, settings(37, 1.0, 4)));
    assertThat(texts.subList(3, texts.size()))
        .allMatch(text -> text.codePointCount(0, text.length()) <= 4)
        .allMatch(text -> text.lastIndexOf(Words.SPACE_MARK) <= 0)
        .noneMatch(text -> text.matches(".*[A-Za-z].*[0-9'ж].*|.*[жук].*[a-z].*"));
  }

  @Test
  void aCorpusTooSmallNamesTheLargestSizeAndThatSizeWorks() {
    List<WordCount> counts = COUNTS.subList(0, 60);
    String message = refusal(counts, 30_000);
    assertThat(message).startsWith("pieces = 30000 is more than the corpus can fill");
    Matcher matcher = Pattern.compile("largest possible size is (\\d+)").matcher(message);
    assertThat(matcher.find()).isTrue();
    int largest = Integer.parseInt(matcher.group(1));
    byte[] model = UnigramTrainer.train(counts, UnigramSettings.of(largest));
    assertThat(SentencePieceModel.parse(model).pieces()).hasSize(largest);
    assertThat(refusal(counts, largest + 1)).contains("largest possible size is " + largest);
  }

  @Test
  void aSizeBelowTheCharactersIsRefused() {
    assertThat(refusal(COUNTS, 10))
        .startsWith("pieces = 10 cannot hold the corpus's")
        .contains("raise pieces to at least");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UnigramTrainer.train(List.of(), UnigramSettings.of(10)))
        .withMessageStartingWith("the corpus holds no words");
  }

  @Test
  void wordsBeginWithTheSpaceMark() {
    assertThat(Words.split("  One\ttwo\n\nthree\u00a0four "))
        .containsExactly("\u2581One", "\u2581two", "\u2581three", "\u2581four");
    assertThat(Words.split(" \n")).isEmpty();
  }

  private static UnigramSettings settings(int pieces, double coverage, int maxPieceLength) {
    TextSettings text = new TextSettings(Normalisation.IDENTITY, coverage, 1000, 128);
    return new UnigramSettings(pieces, maxPieceLength, 2, false, text);
  }

  private static List<String> texts(byte[] model) {
    return SentencePieceModel.parse(model).pieces().stream().map(Piece::text).toList();
  }

  private static String refusal(List<WordCount> counts, int pieces) {
    try {
      UnigramTrainer.train(counts, UnigramSettings.of(pieces));
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    throw new AssertionError("pieces = %d was accepted".formatted(pieces));
  }
}
