package io.sparkswitch.data.token;

import io.sparkswitch.data.token.normalise.CharacterMap;
import io.sparkswitch.data.token.normalise.Normalisation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A SentencePiece {@code .model} file: the pieces in id order, and which ids are special.
 *
 * <p>Written models are unigram models. Field numbers are those of SentencePiece's {@code
 * sentencepiece_model.proto}.
 *
 * @param specialIds as the file's trainer section states them
 * @param segmentation how text is cut
 */
public record SentencePieceModel(
    List<Piece> pieces, SpecialIds specialIds, Segmentation segmentation, Normaliser normaliser) {
  /** Ids of the special pieces; -1 where there is none. */
  record SpecialIds(int unknown, int begin, int end, int pad) {
    static final SpecialIds T5 =
        new SpecialIds(VocabularySpec.UNKNOWN, -1, VocabularySpec.EOS, VocabularySpec.PAD);

    /** What SentencePiece assumes where the file says nothing. */
    static final SpecialIds DEFAULT = new SpecialIds(0, 1, 2, -1);
  }

  /** How text is cut into pieces. */
  enum Segmentation {
    /** By a unigram model; characters without a piece are unknown. */
    UNIGRAM,
    /** By a unigram model; characters without a piece are written as the pieces of their bytes. */
    UNIGRAM_WITH_BYTES,
    /** Otherwise, which only SentencePiece itself can do. */
    OTHER
  }

  /**
   * How text is normalised before it is segmented.
   *
   * @param name as the file states it; what counts is the map
   * @param spaces what becomes of spaces
   */
  public record Normaliser(String name, CharacterMap map, Spaces spaces) {
    /** What becomes of spaces. */
    enum Spaces {
      /** A text begins with one, and of several, or at its end, none is left over. */
      AS_T5,
      OTHER
    }

    static final Normaliser IDENTITY = of(Normalisation.IDENTITY);

    public static Normaliser of(Normalisation normalisation) {
      return new Normaliser(normalisation.label(), normalisation.characterMap(), Spaces.AS_T5);
    }
  }

  private static final Pattern SENTINEL = Pattern.compile("\u2581?<extra_id_(\\d{1,9})>");

  private static final int PIECES = 1;
  private static final int TRAINER_SPEC = 2;
  private static final int NORMALIZER_SPEC = 3;
  private static final int PIECE_TEXT = 1;
  private static final int PIECE_SCORE = 2;
  private static final int PIECE_TYPE = 3;
  private static final int MODEL_TYPE = 3;
  private static final int VOCAB_SIZE = 4;
  private static final int SPACE_ENDS_WORD = 24;
  private static final int BYTE_FALLBACK = 35;
  private static final int UNK_ID = 40;
  private static final int BOS_ID = 41;
  private static final int EOS_ID = 42;
  private static final int PAD_ID = 43;
  private static final int NORMALIZER_NAME = 1;
  private static final int CHARACTER_MAP = 2;
  private static final int ADD_DUMMY_PREFIX = 3;
  private static final int REMOVE_EXTRA_WHITESPACES = 4;
  private static final int ESCAPE_WHITESPACES = 5;
  private static final int UNIGRAM = 1;

  public SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /** The model with pad, end and unknown in front of {@code others}. */
  public static SentencePieceModel withT5Ids(List<Piece> others, Normaliser normaliser) {
    List<Piece> pieces = new ArrayList<>();
    pieces.add(new Piece("<pad>", 0, Piece.Type.CONTROL));
    pieces.add(new Piece("</s>", 0, Piece.Type.CONTROL));
    pieces.add(new Piece("<unk>", 0, Piece.Type.UNKNOWN));
    pieces.addAll(others);
    boolean bytes = others.stream().anyMatch(piece -> piece.type() == Piece.Type.BYTE);
    Segmentation segmentation = bytes ? Segmentation.UNIGRAM_WITH_BYTES : Segmentation.UNIGRAM;
    return new SentencePieceModel(pieces, SpecialIds.T5, segmentation, normaliser);
  }

  /** Whether characters without a piece are written as the pieces of their bytes. */
  public boolean hasByteFallback() {
    return segmentation == Segmentation.UNIGRAM_WITH_BYTES;
  }

  public byte[] toBytes() {
    ProtoWriter model = new ProtoWriter();
    for (Piece piece : pieces) {
      ProtoWriter message =
          new ProtoWriter().text(PIECE_TEXT, piece.text()).number(PIECE_SCORE, piece.score());
      if (piece.type() != Piece.Type.NORMAL) {
        message.integer(PIECE_TYPE, piece.type().number);
      }
      model.message(PIECES, message);
    }
    return model
        .message(TRAINER_SPEC, trainerSpec())
        .message(NORMALIZER_SPEC, normalizerSpec())
        .toBytes();
  }

  private ProtoWriter trainerSpec() {
    return new ProtoWriter()
        .integer(MODEL_TYPE, UNIGRAM)
        .integer(VOCAB_SIZE, pieces.size())
        .bool(BYTE_FALLBACK, hasByteFallback())
        .integer(UNK_ID, specialIds.unknown())
        .integer(BOS_ID, specialIds.begin())
        .integer(EOS_ID, specialIds.end())
        .integer(PAD_ID, specialIds.pad());
  }

  private ProtoWriter normalizerSpec() {
    ProtoWriter normalizer = new ProtoWriter().text(NORMALIZER_NAME, normaliser.name());
    if (!normaliser.map().isIdentity()) {
      normalizer.bytes(CHARACTER_MAP, normaliser.map().toBytes());
    }
    return normalizer
        .bool(ADD_DUMMY_PREFIX, true)
        .bool(REMOVE_EXTRA_WHITESPACES, true)
        .bool(ESCAPE_WHITESPACES, true);
  }

  /**
   * Reads any SentencePiece model.
   *
   * @throws IllegalArgumentException if the bytes are not one, or not a whole one
   */
  public static SentencePieceModel parse(byte[] bytes) {
    List<Piece> pieces = new ArrayList<>();
    TrainerSection trainer = null;
    Normaliser normaliser = Normaliser.IDENTITY;
    ProtoReader reader = new ProtoReader(bytes);
    while (reader.next()) {
      switch (reader.field()) {
        case PIECES -> pieces.add(piece(reader.message()));
        case TRAINER_SPEC -> trainer = trainerSection(reader.message());
        case NORMALIZER_SPEC -> normaliser = normaliser(reader.message());
        default -> reader.skip();
      }
    }
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("it holds no pieces");
    }
    if (trainer == null) {
      throw new IllegalArgumentException(
          "it ends after %d pieces, before its trainer section".formatted(pieces.size()));
    }
    return new SentencePieceModel(pieces, trainer.ids(), trainer.segmentation(), normaliser);
  }

  /**
   * How many of the last pieces are sentinels, as in mT5's model: none, or all of them, counted
   * down to {@code <extra_id_0>} at the very end.
   *
   * @throws IllegalArgumentException if there are some, but other ones or elsewhere
   */
  public int ownSentinels() {
    int first = pieces.size() - VocabularySpec.SENTINELS;
    int found = 0;
    int inPlace = 0;
    for (int id = 0; id < pieces.size(); id++) {
      Matcher sentinel = SENTINEL.matcher(pieces.get(id).text());
      if (sentinel.matches()) {
        found++;
        int number = Integer.parseInt(sentinel.group(1));
        inPlace += id >= first && number == pieces.size() - 1 - id ? 1 : 0;
      }
    }
    if (found == 0 || found == VocabularySpec.SENTINELS && inPlace == found) {
      return found;
    }
    throw new IllegalArgumentException(
        "the vocabulary holds %d <extra_id_N> pieces: allowed are none (they are added above the pieces, as in T5), or %d at the end, <extra_id_0> last (as in mT5)"
            .formatted(found, VocabularySpec.SENTINELS));
  }

  private static Piece piece(ProtoReader reader) {
    String text = "";
    float score = 0;
    Piece.Type type = Piece.Type.NORMAL;
    while (reader.next()) {
      switch (reader.field()) {
        case PIECE_TEXT -> text = reader.text();
        case PIECE_SCORE -> score = reader.number();
        case PIECE_TYPE -> type = Piece.Type.of(reader.integer());
        default -> reader.skip();
      }
    }
    return new Piece(text, score, type);
  }

  private record TrainerSection(SpecialIds ids, Segmentation segmentation) {}

  private static TrainerSection trainerSection(ProtoReader reader) {
    boolean unigram = true;
    boolean spaceEndsWord = false;
    boolean bytes = false;
    int unknown = SpecialIds.DEFAULT.unknown();
    int begin = SpecialIds.DEFAULT.begin();
    int end = SpecialIds.DEFAULT.end();
    int pad = SpecialIds.DEFAULT.pad();
    while (reader.next()) {
      switch (reader.field()) {
        case UNK_ID -> unknown = reader.integer();
        case BOS_ID -> begin = reader.integer();
        case EOS_ID -> end = reader.integer();
        case PAD_ID -> pad = reader.integer();
        case MODEL_TYPE -> unigram = reader.integer() == UNIGRAM;
        case SPACE_ENDS_WORD -> spaceEndsWord = reader.integer() != 0;
        case BYTE_FALLBACK -> bytes = reader.integer() != 0;
        default -> reader.skip();
      }
    }
    Segmentation segmentation = bytes ? Segmentation.UNIGRAM_WITH_BYTES : Segmentation.UNIGRAM;
    return new TrainerSection(
        new SpecialIds(unknown, begin, end, pad),
        unigram && !spaceEndsWord ? segmentation : Segmentation.OTHER);
  }

  private static Normaliser normaliser(ProtoReader reader) {
    String name = Normaliser.IDENTITY.name();
    CharacterMap map = CharacterMap.IDENTITY;
    boolean asT5 = true;
    while (reader.next()) {
      switch (reader.field()) {
        case NORMALIZER_NAME -> name = reader.text();
        case CHARACTER_MAP -> map = CharacterMap.of(reader.bytes());
        case ADD_DUMMY_PREFIX, REMOVE_EXTRA_WHITESPACES, ESCAPE_WHITESPACES ->
            asT5 &= reader.integer() != 0;
        default -> reader.skip();
      }
    }
    return new Normaliser(name, map, asT5 ? Normaliser.Spaces.AS_T5 : Normaliser.Spaces.OTHER);
  }
}
