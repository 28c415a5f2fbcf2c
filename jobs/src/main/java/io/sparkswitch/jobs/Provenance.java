package io.sparkswitch.jobs;

import io.sparkswitch.jobs.conf.RunConfig;
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
