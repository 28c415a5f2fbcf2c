package io.sparkswitch.jobs.conf;

/** What a student's parameters start from. */
public enum InitialisationName {
  /** The teacher's non-expert weights. */
  TEACHER,
  /** Its own seed, as a model that has no teacher. */
  NONE
}
