package io.sparkswitch.jobs.report;

import java.util.List;

/** What the journey leaves in a run folder besides trainings. */
enum Part {
  CORPUS("corpus", "corpus", "The corpus is", "demo-corpus", List.of()),
  VOCABULARY("vocab", "vocabulary", "The vocabulary is", "vocab", List.of("vocab/vocabulary.json")),
  SHARDS(
      "shards",
      "shards",
      "The shards are",
      "prepare",
      List.of("shards/train/manifest.json", "shards/validation/manifest.json")),
  TARGETS(
      "targets", "soft targets", "The soft targets are", "teach", List.of("targets/manifest.json"));

  private final String folder;
  private final String label;
  private final String subject;
  private final String verb;
  private final List<String> descriptions;

  Part(String folder, String label, String subject, String verb, List<String> descriptions) {
    this.folder = folder;
    this.label = label;
    this.subject = subject;
    this.verb = verb;
    this.descriptions = descriptions;
  }

  String folder() {
    return folder;
  }

  String label() {
    return label;
  }

  /** The beginning of a sentence about it. */
  String subject() {
    return subject;
  }

  /** The verb of sparkswitch that makes it. */
  String verb() {
    return verb;
  }

  /** JSON files, relative to the run folder, that say what the part holds. */
  List<String> descriptions() {
    return descriptions;
  }
}
