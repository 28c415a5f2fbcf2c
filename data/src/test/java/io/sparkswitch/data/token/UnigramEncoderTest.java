package io.sparkswitch.data.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.token.normalise.CharacterMap;
import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SentencePiece, which reads a text as a whole, is the twin. */
class UnigramEncoderTest {
  private static final int[] STRANGE = {
    ' ', '\n', '\t', 0x0, 0x7, 0xA0, 0xAD, 0x300, 0x301, 0x308, 0xA8, 0xB4, 0x200B, 0x2028, 0x2581,
    0x3000, 0xFF21, 0xFB01, 0x1100, 0x1161, 0x11A8, 0xAC00, 0x4E2D, 0x3042, 0x30AC, 0xFDFA, 0xFDFB,
    0x1F600, 0x1D54F, 0xE000, 0xD800, 0xDC00, 0xFEFF, 0xFFFD, '<', '>', '_', '.', ',', '0', '9'
  };

  enum Model {
    IDENTITY(Normalisation.IDENTITY, false),
    NMT_NFKC(Normalisation.NMT_NFKC, false),
    BYTES(Normalisation.NMT_NFKC, true);

    private final byte[] bytes;

    Model(Normalisation normalisation, boolean byteFallback) {
      TextSettings text = TextSettings.defaults().with(normalisation);
      UnigramSettings settings = UnigramSettings.of(byteFallback ? 600 : 300).with(text);
      bytes =
          UnigramTrainer.train(
              SampleText.counts(SampleText.lines(5, 400)),
              byteFallback ? settings.withByteFallback() : settings);
    }
  }

  @ParameterizedTest
  @EnumSource
  void wordByWordIsTheWholeText(Model model) {
    try (Vocabulary vocabulary = Vocabulary.load(model.bytes)) {
      UnigramEncoder encoder = encoder(model.bytes);
      int encoded = 0;
      for (String text : texts(new Random(11), 3_000)) {
        int[] whole = vocabulary.encodeAtOnce(text);
        assertThat(vocabulary.encode(text)).as(text).isEqualTo(whole);
        encoded += encoder.encode(text).isPresent() ? 1 : 0;
      }
      assertThat(encoded).as("texts that were not left to SentencePiece").isGreaterThan(1_500);
    }
  }

  @Test
  void roundingInLongTextsIsSentencePieces() {
    // Scores so alike that sums in float32 decide, ever more so as the text goes on.
    List<Piece> pieces = new ArrayList<>();
    Random random = new Random(7);
    for (String text : List.of("\u2581", "a", "b", "ab", "ba", "aba", "\u2581a", "\u2581ab")) {
      pieces.add(Piece.normal(text, -text.length() * 3 - random.nextInt(9) * 1e-4f));
    }
    byte[] bytes =
        SentencePieceModel.withT5Ids(pieces, SentencePieceModel.Normaliser.IDENTITY).toBytes();
    try (Vocabulary vocabulary = Vocabulary.load(bytes)) {
      StringBuilder text = new StringBuilder();
      for (int word = 0; word < 20_000; word++) {
        random.ints(1 + random.nextInt(6), 'a', 'c').forEach(text::appendCodePoint);
        text.append(' ');
      }
      int[] words = encoder(bytes).encode(text.toString()).orElseThrow();
      assertThat(words).isEqualTo(vocabulary.encodeAtOnce(text.toString()));
      int[] alone =
          text.toString()
              .lines()
              .flatMap(line -> List.of(line.split(" ")).stream())
              .flatMapToInt(word -> java.util.Arrays.stream(vocabulary.encodeAtOnce(word)))
              .toArray();
      assertThat(words).as("rounding decides somewhere").isNotEqualTo(alone);
    }
  }

  @Test
  void whatUsersDefinedIsLeftToSentencePiece() {
    List<Piece> pieces = new ArrayList<>(SentencePieceModel.parse(Model.NMT_NFKC.bytes).pieces());
    pieces.add(new Piece("<mask>", 0, Piece.Type.USER_DEFINED));
    byte[] bytes = with(pieces, SentencePieceModel.Segmentation.UNIGRAM);
    try (Vocabulary vocabulary = Vocabulary.load(bytes)) {
      assertThat(encoder(bytes).encode("ka <mask> to")).isEmpty();
      assertThat(encoder(bytes).encode("ka to")).contains(vocabulary.encodeAtOnce("ka to"));
      assertThat(vocabulary.encode("ka <mask> to")).contains(pieces.size() - 1);
    }
  }

  @Test
  void modelsWhoseTextsAreNotTheirWordsAreLeftToSentencePiece() {
    List<Piece> pieces = new ArrayList<>(SentencePieceModel.parse(Model.NMT_NFKC.bytes).pieces());
    assertThat(of(with(pieces, SentencePieceModel.Segmentation.UNIGRAM))).isTrue();
    pieces.add(Piece.normal("ka\u2581to", -3));
    assertThat(of(with(pieces, SentencePieceModel.Segmentation.UNIGRAM))).isFalse();
    pieces.remove(pieces.size() - 1);
    pieces.removeIf(piece -> piece.text().equals("\u2581"));
    assertThat(of(with(pieces, SentencePieceModel.Segmentation.UNIGRAM))).isFalse();
  }

  @Test
  void aMapThatReplacesAcrossSpacesIsSeen() {
    assertThat(Normalisation.NMT_NFKC.characterMap().replacesAcrossSpaces()).isFalse();
    for (String from : List.of("a b", " b", "a ")) {
      CharacterMap map = CharacterMap.of(java.util.Map.of(from, "c", "d", " ", " ", " "));
      assertThat(map.replacesAcrossSpaces()).as(from).isTrue();
    }
    assertThat(CharacterMap.of(java.util.Map.of(" ", "_", "d", " ")).replacesAcrossSpaces())
        .isFalse();
  }

  private static boolean of(byte[] model) {
    return UnigramEncoder.of(SentencePieceModel.parse(model)).isPresent();
  }

  private static UnigramEncoder encoder(byte[] model) {
    return UnigramEncoder.of(SentencePieceModel.parse(model)).orElseThrow();
  }

  private static byte[] with(List<Piece> pieces, SentencePieceModel.Segmentation segmentation) {
    return new SentencePieceModel(
            pieces,
            SentencePieceModel.SpecialIds.T5,
            segmentation,
            SentencePieceModel.Normaliser.of(Normalisation.NMT_NFKC))
        .toBytes();
  }

  /** Words of the model's language, torn apart by what is not. */
  private static List<String> texts(Random random, int count) {
    List<String> lines = SampleText.lines(6, count);
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      StringBuilder text = new StringBuilder(line);
      int strange = random.nextInt(4);
      for (int i = 0; i < strange; i++) {
        String insert = Character.toString(STRANGE[random.nextInt(STRANGE.length)]);
        text.insert(random.nextInt(text.length() + 1), insert.repeat(1 + random.nextInt(2)));
      }
      texts.add(text.toString());
    }
    texts.add("");
    texts.add("  \n ");
    texts.add("x".repeat(5_000));
    return texts;
  }
}
