package io.sparkswitch.jobs.conf;

/** What a variant is in its study's comparison. */
public enum VariantRole {
  /** The model that all others are compared with; one of each study. */
  DENSE,
  /** A Switch model, whose gain over dense is what students may keep. */
  SWITCH,
  /** A dense model that learnt from another. */
  STUDENT,
  /** What tells where a student's share comes from. */
  CONTROL;

  /** As configurations and outcomes write it. */
  public String word() {
    return Keys.kebab(this);
  }
}
