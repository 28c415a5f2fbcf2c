package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.train.UnigramPieces;
import io.sparkswitch.model.checkpoint.HuggingFaceFolder;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * What Hugging Face's {@code T5Tokenizer} and {@code generate} read beside a model.
 *
 * @param spec the vocabulary's ids
 * @param pieces the vocabulary's pieces
 */
record TokenizerFiles(VocabularySpec spec, UnigramPieces pieces) {

  /**
   * @param model the SentencePiece model
   * @param inputsLength longest input the model was trained on
   */
  void write(HuggingFaceFolder folder, byte[] model, int inputsLength) throws IOException {
    folder.write(VocabularyRecord.MODEL, model);
    folder.write("special_tokens_map.json", text(specialTokens()));
    folder.write("tokenizer_config.json", text(configuration(inputsLength)));
    folder.write("generation_config.json", text(generation()));
    if (!pieces.mapsCharacters()) {
      folder.write(TokenizerJson.FILE, text(TokenizerJson.of(pieces)));
    }
  }

  private static String text(ObjectNode json) {
    return json.toPrettyString() + "\n";
  }

  /** Sentinels that T5Tokenizer has to add to the model's own pieces. */
  private int addedSentinels() {
    return pieces.ownSentinels() ? 0 : VocabularySpec.SENTINELS;
  }

  /** The sentinels, {@code <extra_id_0>} first; its id is the highest, as in T5Tokenizer. */
  private ObjectNode specialTokens() {
    ObjectNode json = Json.object();
    ArrayNode sentinels = json.putArray("additional_special_tokens");
    IntStream.range(0, addedSentinels()).mapToObj(TokenizerJson::sentinel).forEach(sentinels::add);
    json.put("eos_token", pieces.text(VocabularySpec.EOS));
    json.put("pad_token", pieces.text(VocabularySpec.PAD));
    return json.put("unk_token", pieces.text(VocabularySpec.UNKNOWN));
  }

  /** Legacy means that text on either side of a sentinel is encoded by itself, as ours is. */
  private ObjectNode configuration(int inputsLength) {
    return specialTokens()
        .put("tokenizer_class", "T5Tokenizer")
        .put("extra_ids", addedSentinels())
        .put("legacy", true)
        .put("clean_up_tokenization_spaces", false)
        .put("model_max_length", inputsLength);
  }

  /** The embedding has more rows than there are ids: what no id stands for is never generated. */
  private ObjectNode generation() {
    ObjectNode json = Json.object();
    json.put("decoder_start_token_id", VocabularySpec.PAD);
    json.put("eos_token_id", VocabularySpec.EOS).put("pad_token_id", VocabularySpec.PAD);
    if (spec.size() < spec.rows()) {
      ArrayNode suppressed = json.putArray("suppress_tokens");
      IntStream.range(spec.size(), spec.rows()).forEach(suppressed::add);
    }
    return json;
  }
}
