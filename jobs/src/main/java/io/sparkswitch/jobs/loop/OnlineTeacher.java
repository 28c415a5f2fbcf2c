package io.sparkswitch.jobs.loop;

import io.sparkswitch.distill.loss.DistillationLoss;
import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.t5.GradientStep;
import io.sparkswitch.model.t5.GradientStep.Scores;
import io.sparkswitch.model.t5.Inputs;
import io.sparkswitch.model.t5.T5Model;

/**
 * Labels and a teacher that reads every micro-batch as well: dropless, without noise, as the verb
 * teach has it. The gang's other ranks hold the rest of its experts.
 *
 * <p>Concurrency: one thread.
 */
final class OnlineTeacher implements Objectives {
  private final T5Model teacher;
  private final Exchange exchange;
  private final DistillationLoss loss;

  /**
   * @param teacher closed with this
   */
  OnlineTeacher(T5Model teacher, Exchange exchange, DistillationLoss loss) {
    this.teacher = teacher;
    this.exchange = exchange;
    this.loss = loss;
  }

  @Override
  public Objective of(MicroBatch micro, Inputs inputs, Tag tag) {
    Pass pass =
        Pass.inference(exchange, tag, teacher.config().training().inference(Capacity.dropless()));
    Scores scores = GradientStep.read(teacher, inputs, pass);
    return loss.objective(
        chosen -> SoftTargetsBatch.ofTeacher(scores.at(chosen), loss.temperature()));
  }

  @Override
  public void close() {
    teacher.close();
  }
}
