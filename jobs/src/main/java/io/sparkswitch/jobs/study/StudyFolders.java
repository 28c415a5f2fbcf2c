package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.track.OutputFolder;

/**
 * Where a study's files lie: one folder for all studies, which share what is equal.
 *
 * @param root the folder
 * @param data name of the folder of corpus, vocabulary and shards
 */
public record StudyFolders(OutputFolder root, String data) {
  static final String RUNS = "runs";
  static final String TARGETS = "targets";

  public String corpus() {
    return root.uri(data + "/corpus");
  }

  public String vocabulary() {
    return root.uri(data + "/vocab");
  }

  public String shards() {
    return root.uri(data + "/shards");
  }

  public String run(PlannedRun run) {
    return root.uri(RUNS + "/" + run.folder());
  }

  public String targets(PlannedTargets targets) {
    return root.uri(TARGETS + "/" + targets.folder());
  }

  /** What the targets cost, for after they are deleted: a file within the root. */
  public String costOfTargets(PlannedTargets targets) {
    return TARGETS + "/" + targets.folder() + ".json";
  }
}
