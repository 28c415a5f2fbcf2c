package io.sparkswitch.jobs.loop;

import io.sparkswitch.data.shard.PinnedShards;
import io.sparkswitch.jobs.conf.RunConfig;
import java.io.Serializable;
import java.util.Optional;

/**
 * What every rank must know; travels in the task's closure.
 *
 * @param config the effective configuration
 * @param folders where the run's data lie
 * @param teacher of a student that learns online; null without
 */
public record WorkerSpec(RunConfig config, Folders folders, TeacherSpec teacher)
    implements Serializable {

  public WorkerSpec(RunConfig config, Folders folders) {
    this(config, folders, null);
  }

  /** Of a student that learns online. */
  public Optional<TeacherSpec> onlineTeacher() {
    return Optional.ofNullable(teacher);
  }

  /**
   * @param data what is trained and evaluated on
   * @param checkpoints folder of the run's checkpoints
   * @param targets folder of the teacher's soft targets; empty where there are none
   */
  public record Folders(RunData data, String checkpoints, String targets) implements Serializable {

    /** The layout of a shard folder and a run folder. */
    public static Folders of(String shards, String run) {
      ShardData data =
          new ShardData(
              PinnedShards.newest(shards + "/train"), PinnedShards.newest(shards + "/validation"));
      return new Folders(data, run + "/checkpoints", "");
    }

    public Folders withTargets(String folder) {
      return new Folders(data, checkpoints, folder);
    }

    boolean hasTargets() {
      return !targets.isEmpty();
    }
  }
}
