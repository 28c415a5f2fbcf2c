package io.sparkswitch.jobs.study;

import io.sparkswitch.jobs.conf.RunConfig;
import java.util.List;

/**
 * Soft targets of a study: one folder for all students that see the same batches.
 *
 * @param teacher whose they are
 * @param config of the students, as far as targets depend on it
 * @param folder its name within {@link StudyFolders#TARGETS}
 */
public record PlannedTargets(PlannedRun teacher, RunConfig config, String folder) {

  static PlannedTargets of(PlannedRun teacher, RunConfig student) {
    List<String> dependsOn =
        List.of(
            teacher.folder(),
            student.render(List.of("seed", "data", "teach")),
            "batch-size = " + student.training().batchSize(),
            "steps = " + student.training().steps(),
            "temperature = " + student.distill().temperature());
    return new PlannedTargets(
        teacher, student, "%s-%s".formatted(teacher.folder(), Identity.of(dependsOn)));
  }
}
