package io.sparkswitch.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.shard.Digests;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * {@code vocabulary.json}: written after {@code spiece.model}, it says that the vocabulary is
 * whole.
 *
 * @param spec the vocabulary
 * @param madeFrom digest of what determines it: the corpus files and the settings, or the model
 *     that was given
 * @param provenance who made it, with what
 */
record VocabularyRecord(VocabularySpec spec, String madeFrom, Map<String, String> provenance) {
  static final String FILE = "vocabulary.json";
  static final String MODEL = "spiece.model";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  String toJson() {
    ObjectNode node = JSON.createObjectNode();
    node.put("pieces", spec.pieces());
    node.put("size", spec.size());
    node.put("rows", spec.rows());
    node.put("digest", spec.digest());
    node.put("madeFrom", madeFrom);
    node.set("provenance", JSON.valueToTree(provenance));
    return node.toPrettyString() + "\n";
  }

  /**
   * What a SentencePiece model says of itself.
   *
   * @param where the file, for the error
   * @throws InputException if it is not a whole model with T5's ids
   */
  static VocabularySpec load(byte[] model, String where) {
    try (Vocabulary vocabulary = Vocabulary.load(model)) {
      return vocabulary.spec();
    } catch (IllegalArgumentException e) {
      throw new InputException("%s: %s".formatted(where, e.getMessage()), e);
    }
  }

  /** Writes the model and then the record that makes it a vocabulary. */
  void write(OutputFolder folder, byte[] model) throws IOException {
    folder.delete(FILE);
    folder.write(MODEL, model);
    folder.write(FILE, toJson());
  }

  /**
   * @param where the file, for the error
   * @throws InputException if the text is not what {@link #toJson} wrote
   */
  static VocabularyRecord fromJson(String text, String where) {
    try {
      JsonNode node = JSON.readTree(text);
      Map<String, String> provenance =
          JSON.convertValue(
              node.path("provenance"),
              JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
      return new VocabularyRecord(
          new VocabularySpec(node.path("pieces").intValue(), node.path("digest").asText()),
          node.path("madeFrom").asText(),
          provenance == null ? Map.of() : provenance);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new InputException(
          "%s is damaged: make the vocabulary again with --fresh".formatted(where), e);
    }
  }

  /**
   * The folder's SentencePiece model.
   *
   * @throws InputException if it is missing or not the one that the record describes
   */
  static byte[] model(String vocabulary, VocabularySpec spec, Configuration hadoop)
      throws IOException {
    OutputFolder folder = OutputFolder.of(vocabulary, hadoop);
    byte[] model = folder.readBytes(MODEL).orElse(new byte[0]);
    if (!Digests.of(model).equals(spec.digest())) {
      throw new InputException(
          "%s is %s: make the vocabulary again with --fresh"
              .formatted(
                  folder.uri(MODEL),
                  model.length == 0
                      ? "missing"
                      : "not the model that %s describes".formatted(FILE)));
    }
    return model;
  }

  /**
   * The record of a folder that the verb vocab wrote.
   *
   * @throws InputException if there is none
   */
  static VocabularyRecord open(String vocabulary, Configuration hadoop) throws IOException {
    OutputFolder folder = OutputFolder.of(vocabulary, hadoop);
    String text =
        folder
            .read(FILE)
            .orElseThrow(
                () ->
                    new InputException(
                        "--vocab %s holds no %s: run the verb vocab first"
                            .formatted(vocabulary, FILE)));
    return fromJson(text, folder.uri(FILE));
  }
}
