package io.sparkswitch.jobs.report;

import java.util.List;

/** What the journey leaves in a run folder besides trainings. */
enum Part {
  CORPUS("corpus", "corpus", "The corpus is", "demo-corpus"),
  VOCABULARY("vocab", "vocabulary", "The vocabulary is", "vocab"),
  SHARDS("shards", "shards", "The shards are", "prepare"),
  TARGETS("targets", "soft targets", "The soft targets are", "teach");

  private final String folder;
  private final String label;
  private final String subject;
  private final String verb;

  Part(String folder, String label, String subject, String verb) {
    this.folder = folder;
    this.label = label;
    this.subject = subject;
    this.verb = verb;
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

  /** JSON files, or folders of shards, relative to the run folder, that say what the part holds. */
  List<String> descriptions() {
    return switch (this) {
      case CORPUS -> List.of("corpus/demo-corpus.json");
      case VOCABULARY -> List.of("vocab/vocabulary.json");
      case SHARDS -> List.of("shards/train", "shards/validation");
      case TARGETS -> List.of("targets/manifest.json");
    };
  }
}
