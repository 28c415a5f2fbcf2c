package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.jobs.track.Watch;
import io.sparkswitch.model.checkpoint.CheckpointFolder.Committed;
import io.sparkswitch.model.tensor.Parameters;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What a training works with besides the gang.
 *
 * @param spec what ranks know as well
 * @param folder the run folder
 * @param watch who watches
 * @param vocabularyRows rows of the embedding
 * @param validationSequences sequences of the validation split
 * @param provenance goes into every checkpoint
 * @param beginning applied to freshly initialised dense parameters: a student's inheritance
 * @param tenure how long it may go on
 */
public record TrainingRun(
    WorkerSpec spec,
    OutputFolder folder,
    Watch watch,
    int vocabularyRows,
    long validationSequences,
    Map<String, String> provenance,
    Consumer<Parameters> beginning,
    Tenure tenure) {

  /** What a student started from, if not from its teacher's weights. */
  public static final String INITIALISATION = "initialisation";

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  /**
   * What must not change between a checkpoint and the run that continues it; what can be told in a
   * word comes before the hashes.
   */
  private static final List<String> IDENTITY =
      List.of(
          "optimizer",
          "modelHash",
          "dataHash",
          "dataOrder",
          "vocabularyHash",
          "seed",
          "teacherHash",
          "softTargets",
          INITIALISATION,
          ImportedCheckpoint.STARTED_FROM);

  void say(String sentence) {
    watch.console().say(sentence);
  }

  /**
   * Refuses to continue another run's checkpoint.
   *
   * @param changed settings that are not what they were, in words
   */
  public void requireOwn(Committed checkpoint, List<String> changed) {
    boolean imported = ImportedCheckpoint.is(checkpoint.manifest());
    for (String key : imported ? ImportedCheckpoint.IDENTITY : IDENTITY) {
      String theirs = checkpoint.manifest().provenance().getOrDefault(key, "none");
      String ours = provenance.getOrDefault(key, "none");
      if (!ours.equals(theirs)) {
        throw new UsageException(
            "%s was made with %s %s, this run has %s%s: give --fresh to start over, or another --out"
                .formatted(
                    checkpoint.folder(),
                    key,
                    shortened(theirs),
                    shortened(ours),
                    inWords(changed)));
      }
    }
  }

  private static String shortened(String value) {
    return DIGEST.matcher(value).matches() ? value.substring(0, 12) : value;
  }

  private static String inWords(List<String> changed) {
    return changed.isEmpty() ? "" : " (" + String.join(", ", changed) + ")";
  }
}
