package io.sparkswitch.jobs.conf;

/** Where a student has its soft targets from. */
public enum TargetSourceName {
  /** A folder that the verb teach wrote. */
  STORED,
  /** Its teacher, in the student's gang, asked in every step. */
  ONLINE
}
