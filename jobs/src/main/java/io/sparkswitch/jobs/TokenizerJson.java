package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.train.UnigramPieces;

/**
 * {@code tokenizer.json} of Hugging Face's tokenizers library, for a model that maps no characters:
 * transformers 5 makes it from {@code spiece.model} itself, but only where that maps some.
 */
final class TokenizerJson {
  static final String FILE = "tokenizer.json";

  private TokenizerJson() {}

  static ObjectNode of(UnigramPieces pieces) {
    ObjectNode json = Json.object().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    specialTokens(json.putArray("added_tokens"), pieces);
    json.putNull("normalizer");
    ArrayNode preTokenizers =
        json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    preTokenizers.addObject().put("type", "WhitespaceSplit");
    metaspace(preTokenizers.addObject());
    postProcessor(json.putObject("post_processor"), pieces.text(VocabularySpec.EOS));
    decoder(json.putObject("decoder"), pieces.byteFallback());
    model(json.putObject("model"), pieces);
    return json;
  }

  static String sentinel(int i) {
    return "<extra_id_%d>".formatted(i);
  }

  private static void specialTokens(ArrayNode tokens, UnigramPieces pieces) {
    for (int id = VocabularySpec.PAD; id <= VocabularySpec.UNKNOWN; id++) {
      specialToken(tokens, id, pieces.text(id));
    }
    int first = pieces.pieces().size();
    for (int i = 0; i < VocabularySpec.SENTINELS; i++) {
      specialToken(tokens, first + i, sentinel(VocabularySpec.SENTINELS - 1 - i));
    }
  }

  private static void specialToken(ArrayNode tokens, int id, String content) {
    ObjectNode token = tokens.addObject().put("id", id).put("content", content);
    token.put("single_word", false).put("lstrip", false).put("rstrip", false);
    token.put("normalized", false).put("special", true);
  }

  private static void metaspace(ObjectNode json) {
    json.put("type", "Metaspace").put("replacement", "\u2581");
    json.put("prepend_scheme", "always").put("split", true);
  }

  private static void decoder(ObjectNode json, boolean byteFallback) {
    if (!byteFallback) {
      metaspace(json);
      return;
    }
    ArrayNode decoders = json.put("type", "Sequence").putArray("decoders");
    decoders.addObject().put("type", "ByteFallback");
    metaspace(decoders.addObject());
  }

  /** Ends each text with the end piece. */
  private static void postProcessor(ObjectNode json, String end) {
    json.put("type", "TemplateProcessing");
    ArrayNode single = json.putArray("single");
    sequence(single, "A", end);
    ArrayNode pair = json.putArray("pair");
    sequence(pair, "A", end);
    sequence(pair, "B", end);
    ObjectNode token = json.putObject("special_tokens").putObject(end).put("id", end);
    token.putArray("ids").add(VocabularySpec.EOS);
    token.putArray("tokens").add(end);
  }

  private static void sequence(ArrayNode template, String id, String end) {
    template.addObject().putObject("Sequence").put("id", id).put("type_id", 0);
    template.addObject().putObject("SpecialToken").put("id", end).put("type_id", 0);
  }

  private static void model(ObjectNode json, UnigramPieces pieces) {
    json.put("type", "Unigram").put("unk_id", VocabularySpec.UNKNOWN);
    ArrayNode vocabulary = json.putArray("vocab");
    pieces
        .pieces()
        .forEach(piece -> vocabulary.addArray().add(piece.text()).add((double) piece.score()));
    for (int i = VocabularySpec.SENTINELS - 1; i >= 0; i--) {
      vocabulary.addArray().add(sentinel(i)).add(0.0);
    }
    json.put("byte_fallback", pieces.byteFallback());
  }
}
