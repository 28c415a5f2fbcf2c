package io.sparkswitch.jobs.loop;

import io.sparkswitch.jobs.gang.GangMember;
import io.sparkswitch.jobs.gang.GangTask;
import io.sparkswitch.model.tensor.Natives;

/**
 * An executor's side of training, evaluation and teaching: it holds the dense parameters and its
 * experts, and does what the driver orders.
 *
 * @param spec what it must know
 */
public record ModelWorker(WorkerSpec spec) implements GangTask {
  @Override
  public void run(GangMember member) throws Exception {
    Natives.threads(spec.config().training().threadsPerExecutor());
    try (Rank rank = new Rank(spec, member)) {
      rank.obey();
    }
  }
}
