package io.sparkswitch.jobs;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig;
import io.sparkswitch.model.checkpoint.HuggingFaceFolder;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What import reads, before the weights.
 *
 * @param folder the Hugging Face folder
 * @param config its configuration
 * @param spiece the SentencePiece model
 * @param vocabulary what the SentencePiece model says of itself
 */
record HuggingFaceSource(
    HuggingFaceFolder folder, HuggingFaceConfig config, byte[] spiece, VocabularySpec vocabulary) {

  /**
   * @param vocabulary folder of the vocabulary; without it the Hugging Face folder's own
   * @throws InputException if a file is missing or not ours to read, or the vocabulary is not the
   *     model's
   */
  static HuggingFaceSource open(String from, Optional<String> vocabulary, Configuration hadoop)
      throws IOException {
    HuggingFaceFolder folder = HuggingFaceFolder.of(from, hadoop);
    String where = folder.uri(HuggingFaceFolder.CONFIG);
    String json =
        folder
            .text(HuggingFaceFolder.CONFIG)
            .orElseThrow(
                () ->
                    new InputException(
                        "%s is missing: --from takes a folder that save_pretrained wrote"
                            .formatted(where)));
    HuggingFaceConfig config = HuggingFaceConfig.parse(where, json);
    byte[] spiece = vocabulary.isPresent() ? given(vocabulary.get(), hadoop) : own(folder);
    String origin = vocabulary.orElse(folder.uri()) + "/" + VocabularyRecord.MODEL;
    VocabularySpec spec = VocabularyRecord.load(spiece, origin);
    if (config.vocabSize() != spec.rows()) {
      throw new InputException(
          "%s: vocab_size = %d, but %s of %,d pieces has %d ids with its sentinels, for which an embedding has %d rows"
              .formatted(
                  where, config.vocabSize(), origin, spec.pieces(), spec.size(), spec.rows()));
    }
    return new HuggingFaceSource(folder, config, spiece, spec);
  }

  private static byte[] given(String vocabulary, Configuration hadoop) throws IOException {
    VocabularySpec spec = VocabularyRecord.open(vocabulary, hadoop).spec();
    return VocabularyRecord.model(vocabulary, spec, hadoop);
  }

  private static byte[] own(HuggingFaceFolder folder) throws IOException {
    return folder
        .bytes(VocabularyRecord.MODEL)
        .orElseThrow(
            () ->
                new InputException(
                    "%s is missing: give the vocabulary with --vocab"
                        .formatted(folder.uri(VocabularyRecord.MODEL))));
  }
}
