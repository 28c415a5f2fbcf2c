package io.sparkswitch.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.track.OutputFolder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where an artefact comes from; goes into every manifest and into {@code provenance.json}.
 *
 * @param verb what made it
 * @param configHash digest of the effective configuration
 * @param dataHash digest of the data it was made from, if any
 * @param vocabularyHash digest of the vocabulary's {@code .model}, if any
 */
record Provenance(
    String verb,
    String configHash,
    long seed,
    Optional<String> dataHash,
    Optional<String> vocabularyHash) {

  static Provenance of(String verb, RunConfig config) {
    return new Provenance(verb, config.digest(), config.seed(), Optional.empty(), Optional.empty());
  }

  Provenance withData(String hash) {
    return new Provenance(verb, configHash, seed, Optional.of(hash), vocabularyHash);
  }

  Provenance withVocabulary(String hash) {
    return new Provenance(verb, configHash, seed, dataHash, Optional.of(hash));
  }

  /** Digest of the shards that the folder's artefact was made from, if it says so. */
  static Optional<String> dataHash(OutputFolder folder) throws IOException {
    return word(folder, "dataHash");
  }

  /** What made the folder's artefact, if it says so. */
  static Optional<String> verb(OutputFolder folder) throws IOException {
    return word(folder, "verb");
  }

  private static Optional<String> word(OutputFolder folder, String name) throws IOException {
    Optional<String> text = folder.read(VerbRun.PROVENANCE_FILE);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode word = JsonMapper.builder().build().readTree(text.get()).path(name);
      return word.isTextual() ? Optional.of(word.asText()) : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not valid JSON: remove it, or use --fresh"
              .formatted(folder.uri(VerbRun.PROVENANCE_FILE)),
          e);
    }
  }

  /** All of it as words, in a fixed order, with the versions of what is running. */
  Map<String, String> toMap() {
    BuildInfo build = new BuildInfo();
    Map<String, String> map = new LinkedHashMap<>();
    map.put("verb", verb);
    map.put("configHash", configHash);
    dataHash.ifPresent(hash -> map.put("dataHash", hash));
    vocabularyHash.ifPresent(hash -> map.put("vocabularyHash", hash));
    map.put("seed", Long.toString(seed));
    map.put("version", build.version());
    map.put("gitCommit", build.commit());
    map.put("javaVersion", Runtime.version().toString());
    map.put("sparkVersion", org.apache.spark.package$.MODULE$.SPARK_VERSION());
    return map;
  }
}
