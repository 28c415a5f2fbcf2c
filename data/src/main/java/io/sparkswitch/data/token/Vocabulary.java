package io.sparkswitch.data.token;

import ai.djl.engine.EngineException;
import ai.djl.sentencepiece.SpTokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A SentencePiece model with T5's ids: text to ids and back. Every kind of space, line breaks
 * included, is read as one space.
 *
 * <p>Concurrency: encoding and decoding are safe from several threads at once (the native processor
 * does not change after loading, and a test holds eight threads to the ids of one). Close it only
 * when no thread is using it.
 */
public final class Vocabulary implements AutoCloseable {
  private static final String REMEDY =
      "train it with spm_train --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1, or use T5's own"
          + " spiece.model";
  private static final Pattern SENTINEL = Pattern.compile("<extra_id_(\\d{1,9})>");
  private static final String UNKNOWN_TEXT = " \u2047 ";

  private final VocabularySpec spec;
  private final List<Piece> pieces;
  private final SpTokenizer tokenizer;
  private final Optional<UnigramEncoder> encoder;

  private Vocabulary(VocabularySpec spec, SentencePieceModel model, SpTokenizer tokenizer) {
    this.spec = spec;
    this.pieces = model.pieces();
    this.tokenizer = tokenizer;
    this.encoder = UnigramEncoder.of(model);
  }

  /**
   * Loads a {@code .model} file's bytes.
   *
   * @throws IllegalArgumentException if they are not a whole SentencePiece model with T5's ids
   */
  public static Vocabulary load(byte[] model) {
    SentencePieceModel parsed = parse(model);
    requireT5Ids(parsed);
    NativeCache.ensure();
    SpTokenizer tokenizer;
    try {
      tokenizer = new SpTokenizer(model);
    } catch (EngineException e) {
      throw new IllegalArgumentException("SentencePiece refuses the vocabulary", e);
    }
    int pieces = parsed.pieces().size() - parsed.ownSentinels();
    VocabularySpec spec = new VocabularySpec(pieces, Digests.sha256(model));
    return new Vocabulary(spec, parsed, tokenizer);
  }

  /**
   * Loads a {@code .model} file.
   *
   * @throws IllegalArgumentException if it is not a whole SentencePiece model with T5's ids
   * @throws UncheckedIOException if it cannot be read
   */
  public static Vocabulary load(Path file) {
    byte[] model;
    try {
      model = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the vocabulary " + file, e);
    }
    try {
      return load(model);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  public VocabularySpec spec() {
    return spec;
  }

  /** Ids of the text's pieces, without an end. Markup such as {@code <extra_id_0>} is just text. */
  public int[] encode(String text) {
    return encoder.flatMap(words -> words.encode(text)).orElseGet(() -> encodeAtOnce(text));
  }

  /** The ids of {@link #encode} from SentencePiece itself, which reads the text as a whole. */
  public int[] encodeAtOnce(String text) {
    return tokenizer.getProcessor().encode(Words.plainSpaces(text));
  }

  /**
   * As {@link #encode}, with {@code <extra_id_N>} as sentinels. The text on either side is encoded
   * by itself, so the first word after a sentinel begins with a space.
   *
   * @throws IllegalArgumentException if N is not in [0, 99]
   */
  public int[] encodeWithSentinels(String text) {
    IntStream.Builder ids = IntStream.builder();
    Matcher matcher = SENTINEL.matcher(text);
    int from = 0;
    while (matcher.find()) {
      Arrays.stream(encode(text.substring(from, matcher.start()))).forEach(ids);
      ids.add(spec.sentinel(Integer.parseInt(matcher.group(1))));
      from = matcher.end();
    }
    Arrays.stream(encode(text.substring(from))).forEach(ids);
    return ids.build().toArray();
  }

  /**
   * Text of the ids. Pads and ends are dropped, sentinels come out as {@code <extra_id_N>} with a
   * space before, unknown as {@code ⁇}.
   *
   * @throws IllegalArgumentException if an id is not in [0, size)
   */
  public String decode(int[] ids) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    boolean afterSpace = true;
    for (int id : ids) {
      String part = text(id);
      if (id >= spec.pieces() && !afterSpace) {
        text.write(' ');
      }
      if (id < spec.pieces() && pieces.get(id).type() == Piece.Type.BYTE) {
        text.write(Integer.decode(part.substring(1, part.length() - 1)));
        afterSpace = false;
        continue;
      }
      if (text.size() == 0 && part.startsWith(" ") && id != VocabularySpec.UNKNOWN) {
        part = part.substring(1);
      }
      text.writeBytes(part.getBytes(StandardCharsets.UTF_8));
      afterSpace = part.isEmpty() ? afterSpace : part.endsWith(" ");
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private String text(int id) {
    if (id < 0 || id >= spec.size()) {
      throw new IllegalArgumentException(
          "id %d is outside the vocabulary's [0, %d)".formatted(id, spec.size()));
    }
    if (id >= spec.pieces()) {
      return "<extra_id_%d>".formatted(spec.size() - 1 - id);
    }
    Piece piece = pieces.get(id);
    return switch (piece.type()) {
      case CONTROL -> "";
      case UNKNOWN -> UNKNOWN_TEXT;
      default -> piece.text().replace(Words.SPACE_MARK, ' ');
    };
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static SentencePieceModel parse(byte[] model) {
    try {
      return SentencePieceModel.parse(model);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a whole SentencePiece model (%d bytes; %s): copy the file again, or %s"
              .formatted(model.length, e.getMessage(), REMEDY),
          e);
    }
  }

  private static void requireT5Ids(SentencePieceModel model) {
    SentencePieceModel.SpecialIds ids = model.specialIds();
    if (ids.pad() != VocabularySpec.PAD
        || ids.end() != VocabularySpec.EOS
        || ids.unknown() != VocabularySpec.UNKNOWN) {
      throw new IllegalArgumentException(
          "the vocabulary has pad %d, end %d, unknown %d, but T5 needs 0, 1, 2: %s"
              .formatted(ids.pad(), ids.end(), ids.unknown(), REMEDY));
    }
    if (model.pieces().size() <= VocabularySpec.UNKNOWN + 1) {
      throw new IllegalArgumentException(
          "the vocabulary has only %d pieces: %s".formatted(model.pieces().size(), REMEDY));
    }
  }
}
