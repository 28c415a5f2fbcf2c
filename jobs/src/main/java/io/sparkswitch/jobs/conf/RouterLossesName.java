package io.sparkswitch.jobs.conf;

/** How the routers' losses are reckoned. */
public enum RouterLossesName {
  /** A layer and routing group at a time. */
  PAPER,
  /** A sequence at a time, over all layers of a stack. */
  HUGGING_FACE
}
