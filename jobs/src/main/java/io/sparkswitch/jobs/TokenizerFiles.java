package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.checkpoint.HuggingFaceFolder;
import java.io.IOException;
import java.util.stream.IntStream;

/**
 * What Hugging Face's {@code T5Tokenizer} and {@code generate} read beside a model.
 *
 * @param spec the vocabulary's ids
 * @param pad text of the pad piece
 * @param end text of the end piece
 * @param unknown text of the unknown piece
 */
record TokenizerFiles(VocabularySpec spec, String pad, String end, String unknown) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static TokenizerFiles of(Vocabulary vocabulary) {
    return new TokenizerFiles(
        vocabulary.spec(),
        vocabulary.piece(VocabularySpec.PAD),
        vocabulary.piece(VocabularySpec.EOS),
        vocabulary.piece(VocabularySpec.UNKNOWN));
  }

  /**
   * @param model the SentencePiece model
   * @param inputsLength longest input the model was trained on
   */
  void write(HuggingFaceFolder folder, byte[] model, int inputsLength) throws IOException {
    folder.write(VocabularyRecord.MODEL, model);
    folder.write("special_tokens_map.json", specialTokens().toPrettyString() + "\n");
    folder.write("tokenizer_config.json", configuration(inputsLength).toPrettyString() + "\n");
    folder.write("generation_config.json", generation().toPrettyString() + "\n");
  }

  /** The sentinels, {@code <extra_id_0>} first; its id is the highest, as in T5Tokenizer. */
  private ObjectNode specialTokens() {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode sentinels = json.putArray("additional_special_tokens");
    IntStream.range(0, VocabularySpec.SENTINELS)
        .forEach(i -> sentinels.add("<extra_id_" + i + ">"));
    return json.put("eos_token", end).put("pad_token", pad).put("unk_token", unknown);
  }

  /** Legacy means that text on either side of a sentinel is encoded by itself, as ours is. */
  private ObjectNode configuration(int inputsLength) {
    return specialTokens()
        .put("tokenizer_class", "T5Tokenizer")
        .put("extra_ids", VocabularySpec.SENTINELS)
        .put("legacy", true)
        .put("clean_up_tokenization_spaces", false)
        .put("model_max_length", inputsLength);
  }

  /** The embedding has more rows than there are ids: what no id stands for is never generated. */
  private ObjectNode generation() {
    ObjectNode json = JSON.createObjectNode();
    json.put("decoder_start_token_id", VocabularySpec.PAD);
    json.put("eos_token_id", VocabularySpec.EOS).put("pad_token_id", VocabularySpec.PAD);
    if (spec.size() < spec.rows()) {
      ArrayNode suppressed = json.putArray("suppress_tokens");
      IntStream.range(spec.size(), spec.rows()).forEach(suppressed::add);
    }
    return json;
  }
}
