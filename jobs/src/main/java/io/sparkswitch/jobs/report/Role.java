package io.sparkswitch.jobs.report;

/** The trainings that the report compares, in the order of its columns. */
public enum Role {
  DENSE("dense", "dense", "dense", "the dense model", "pretrain"),
  SWITCH("switch", "switch", "Switch (teacher)", "the Switch model (teacher)", "pretrain"),
  STUDENT("student", "student", "student", "the distilled student", "distill"),
  INITIALISATION_ONLY(
      "init-only",
      "initialisationOnly",
      "initialisation only",
      "the student without soft targets (initialisation only)",
      "distill");

  private final String folder;
  private final String key;
  private final String label;
  private final String phrase;
  private final String verb;

  Role(String folder, String key, String label, String phrase, String verb) {
    this.folder = folder;
    this.key = key;
    this.label = label;
    this.phrase = phrase;
    this.verb = verb;
  }

  /** The subfolder of the run folder, and the name of the series in the style sheet. */
  String folder() {
    return folder;
  }

  /** The name in {@code summary.json}. */
  public String key() {
    return key;
  }

  String label() {
    return label;
  }

  String phrase() {
    return phrase;
  }

  /** The verb of sparkswitch that makes it. */
  String verb() {
    return verb;
  }
}
