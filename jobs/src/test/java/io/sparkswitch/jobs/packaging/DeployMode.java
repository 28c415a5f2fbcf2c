package io.sparkswitch.jobs.packaging;

/** Where the driver runs. */
public enum DeployMode {
  /** In the process that submits. */
  CLIENT,
  /** In a process that a worker starts. */
  CLUSTER;

  /** As {@code --deploy-mode} takes it. */
  String option() {
    return this == CLIENT ? "client" : "cluster";
  }
}
