package io.sparkswitch.jobs.conf;

/** What routers do with padding. */
public enum PaddingName {
  /** It has no expert. */
  IGNORED,
  /** It is routed as any token. */
  ROUTED
}
