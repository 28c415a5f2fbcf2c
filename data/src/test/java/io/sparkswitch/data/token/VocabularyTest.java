package io.sparkswitch.data.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.token.normalise.Normalisation;
import io.sparkswitch.data.token.train.TextSettings;
import io.sparkswitch.data.token.train.UnigramPieces;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {
  private static final SentencePieceModel.Normaliser IDENTITY =
      SentencePieceModel.Normaliser.IDENTITY;
  private static final byte[] MODEL = SampleText.model(200);

  @Test
  void idsAreThoseOfT5() {
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      VocabularySpec spec = vocabulary.spec();
      assertThat(spec.pieces()).isEqualTo(200);
      assertThat(spec.size()).isEqualTo(300);
      assertThat(spec.rows()).isEqualTo(384);
      assertThat(spec.sentinel(0)).isEqualTo(299);
      assertThat(spec.sentinel(99)).isEqualTo(200);
      assertThat(spec.digest()).hasSize(64);
      assertThat(vocabulary.encode("Ω")).endsWith(VocabularySpec.UNKNOWN);
      assertThat(vocabulary.decode(new int[] {0, 1})).isEmpty();
    }
  }

  @Test
  void aModelOfT5sSizeHas32128Rows() {
    List<Piece> pieces =
        IntStream.range(0, 32_000 - 3)
            .mapToObj(i -> Piece.normal(Words.SPACE_MARK + "w" + i, -i / 1000f))
            .toList();
    try (Vocabulary vocabulary =
        Vocabulary.load(SentencePieceModel.withT5Ids(pieces, IDENTITY).toBytes())) {
      assertThat(vocabulary.spec().pieces()).isEqualTo(32_000);
      assertThat(vocabulary.spec().size()).isEqualTo(32_100);
      assertThat(vocabulary.spec().rows()).isEqualTo(32_128);
      assertThat(vocabulary.spec().sentinel(0)).isEqualTo(32_099);
      assertThat(vocabulary.encode("w0 w31996")).containsExactly(3, 31_999);
    }
  }

  @Test
  void decodingUndoesEncoding() {
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      for (String line : SampleText.lines(2, 200)) {
        assertThat(vocabulary.decode(vocabulary.encode(line))).isEqualTo(line);
      }
    }
  }

  @Test
  void charactersOutsideTheBasicPlaneSurvive() {
    List<WordCount> counts =
        List.of(new WordCount("\u2581a😀", 5), new WordCount("\u2581😀b𝒳", 5));
    TextSettings text = TextSettings.defaults().with(Normalisation.IDENTITY);
    byte[] model = UnigramTrainer.train(counts, UnigramSettings.of(8).with(text));
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      int[] ids = vocabulary.encode("a😀 😀b𝒳");
      assertThat(ids).doesNotContain(VocabularySpec.UNKNOWN);
      assertThat(vocabulary.decode(ids)).isEqualTo("a😀 😀b𝒳");
    }
  }

  @Test
  void everyKindOfSpaceIsOneSpace() {
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      assertThat(vocabulary.encode("ka\n\tto\u00a0\u3000 mi\r\n"))
          .isEqualTo(vocabulary.encode("ka to mi"))
          .doesNotContain(VocabularySpec.UNKNOWN);
      assertThat(vocabulary.encode(" \n ")).isEmpty();
    }
  }

  @Test
  void sentinelsInTextBecomeTheTopIds() {
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      int[] ka = vocabulary.encode("ka");
      int[] mi = vocabulary.encode("mi");
      int[] ids = vocabulary.encodeWithSentinels("<extra_id_0> ka <extra_id_1>mi<extra_id_99>");
      List<Integer> expected = new ArrayList<>();
      expected.add(299);
      Arrays.stream(ka).forEach(expected::add);
      expected.add(298);
      Arrays.stream(mi).forEach(expected::add);
      expected.add(200);
      assertThat(ids).containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
      assertThat(vocabulary.decode(ids)).isEqualTo("<extra_id_0> ka <extra_id_1> mi <extra_id_99>");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> vocabulary.encodeWithSentinels("<extra_id_100>"))
          .withMessageContaining("sentinel 100 is outside [0, 100)");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> vocabulary.decode(new int[] {300}))
          .withMessage("id 300 is outside the vocabulary's [0, 300)");
    }
  }

  @Test
  void unknownIsMarkedInText() {
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      assertThat(vocabulary.decode(vocabulary.encode("ka Ω mi"))).isEqualTo("ka  \u2047  mi");
    }
  }

  @Test
  void eightThreadsGetTheIdsOfOne() throws Exception {
    List<String> lines = SampleText.lines(3, 2000);
    try (Vocabulary vocabulary = Vocabulary.load(MODEL)) {
      List<int[]> alone = lines.stream().map(vocabulary::encode).toList();
      ExecutorService pool = Executors.newFixedThreadPool(8);
      try {
        Callable<List<int[]>> all = () -> lines.stream().map(vocabulary::encode).toList();
        List<Future<List<int[]>>> results =
            pool.invokeAll(Collections.nCopies(8, all), 20, TimeUnit.SECONDS);
        for (Future<List<int[]>> result : results) {
          assertThat(result.get().toArray(int[][]::new)).isDeepEqualTo(alone.toArray(int[][]::new));
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void brokenFilesAreRefusedWithTheRemedy(@TempDir Path folder) throws Exception {
    assertRefused(Arrays.copyOf(MODEL, MODEL.length / 2), "not a whole SentencePiece model");
    assertRefused(Arrays.copyOf(MODEL, MODEL.length - 60), "not a whole SentencePiece model");
    assertRefused("hello, world".getBytes(StandardCharsets.UTF_8), "(12 bytes");
    assertRefused(new byte[0], "it holds no pieces");
    Path file = Files.write(folder.resolve("spiece.model"), new byte[] {1, 2, 3});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.load(file))
        .withMessageStartingWith(file + ": not a whole SentencePiece model (3 bytes");
  }

  @Test
  void otherSpecialIdsAreRefusedWithTheFlagsToTrainWith() {
    SentencePieceModel model =
        new SentencePieceModel(
            SentencePieceModel.parse(MODEL).pieces(),
            new SentencePieceModel.SpecialIds(0, 1, 2, -1),
            SentencePieceModel.Segmentation.UNIGRAM,
            IDENTITY);
    assertRefused(model.toBytes(), "has pad -1, end 2, unknown 0, but T5 needs 0, 1, 2");
  }

  @Test
  void aModelThatEndsInAllSentinelsKeepsItsIds() {
    int pieces = SentencePieceModel.parse(MODEL).pieces().size();
    byte[] model = withSentinels(VocabularySpec.SENTINELS);
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      VocabularySpec spec = vocabulary.spec();
      assertThat(spec.pieces()).isEqualTo(pieces);
      assertThat(spec.size()).isEqualTo(pieces + VocabularySpec.SENTINELS);
      assertThat(spec.sentinel(0)).isEqualTo(spec.size() - 1);
      int[] ids = vocabulary.encodeWithSentinels("ka <extra_id_7> mi");
      assertThat(ids).contains(spec.sentinel(7));
      assertThat(vocabulary.decode(ids)).isEqualTo("ka <extra_id_7> mi");
    }
    UnigramPieces own = UnigramPieces.of(model);
    assertThat(own.ownSentinels()).isTrue();
    assertThat(own.pieces()).isEqualTo(UnigramPieces.of(MODEL).pieces());
  }

  @Test
  void otherSentinelsAmongThePiecesAreRefused() {
    for (int count : new int[] {1, 99, 101}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Vocabulary.load(withSentinels(count)))
          .withMessageContaining("holds %d <extra_id_N> pieces".formatted(count));
    }
  }

  /** As in mT5's model: counted down to 0, each as a word of its own. */
  private static byte[] withSentinels(int count) {
    List<Piece> pieces = new ArrayList<>(SentencePieceModel.parse(MODEL).pieces());
    for (int i = count - 1; i >= 0; i--) {
      pieces.add(Piece.normal("\u2581<extra_id_%d>".formatted(i), 0));
    }
    return new SentencePieceModel(
            pieces,
            SentencePieceModel.SpecialIds.T5,
            SentencePieceModel.Segmentation.UNIGRAM,
            IDENTITY)
        .toBytes();
  }

  private static void assertRefused(byte[] model, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Vocabulary.load(model))
        .withMessageContaining(message)
        .withMessageContaining("spm_train --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1");
  }

  @Test
  void trainedPiecesAreTheModelsAndMapNoCharacters() {
    byte[] model = SampleText.model(80);
    UnigramPieces pieces = UnigramPieces.of(model);
    assertThat(pieces.pieces()).hasSize(80);
    assertThat(pieces.text(VocabularySpec.EOS)).isEqualTo("</s>");
    assertThat(pieces.mapsCharacters()).isFalse();
    assertThat(pieces.byteFallback()).isFalse();
  }

  @Test
  void withByteFallbackNothingIsUnknownAndTextComesBack() {
    List<WordCount> counts = SampleText.counts(SampleText.lines(1, 400));
    TextSettings text = TextSettings.defaults().with(Normalisation.IDENTITY);
    UnigramSettings settings = UnigramSettings.of(400).with(text).withByteFallback();
    byte[] model = UnigramTrainer.train(counts, settings);
    assertThat(SentencePieceModel.parse(model).pieces().subList(3, 259))
        .isEqualTo(Piece.bytes())
        .extracting(Piece::text)
        .startsWith("<0x00>", "<0x01>")
        .endsWith("<0xFE>", "<0xFF>");
    assertThat(UnigramPieces.of(model).byteFallback()).isTrue();
    Random random = new Random(3);
    long bytes = 0;
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      for (String line : SampleText.lines(2, 300)) {
        int point = random.nextInt(0x21, Character.MIN_SURROGATE);
        String strange = Words.plainSpaces(line + Character.toString(point) + "😀ka").strip();
        int[] ids = vocabulary.encode(strange);
        assertThat(ids).doesNotContain(VocabularySpec.UNKNOWN);
        bytes += Arrays.stream(ids).filter(id -> id >= 3 && id < 259).count();
        assertThat(vocabulary.decode(ids)).isEqualTo(strange);
      }
    }
    assertThat(bytes).isGreaterThan(1500);
  }
}
