package io.sparkswitch.distill.loss;

import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.loss.Objective.Loss;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * f · T² · soft + (1 − f) · hard, in nats, summed over target tokens (paper section 4.2). Hard is
 * the cross-entropy with the labels. Soft is the cross-entropy with the teacher's distribution at
 * temperature T; tokens that it lumps together count as one event, whose probability under the
 * student is the sum of theirs.
 *
 * @param softFraction f, in [0, 1]
 * @param temperature T, at which the targets were made
 */
public record DistillationLoss(double softFraction, double temperature) {
  private static final long VOCAB_AXIS = 1;

  public DistillationLoss {
    if (!(softFraction >= 0 && softFraction <= 1)) {
      throw new IllegalArgumentException(
          "distill.soft-fraction = %s: must be in [0, 1]".formatted(softFraction));
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "distill.temperature = %s: must be above 0".formatted(temperature));
    }
  }

  /** What is minimised on the batch that {@code soft} was laid out for. */
  public Objective objective(SoftTargetsBatch soft) {
    return (logits, labels, positions) -> loss(logits, labels, soft.at(positions));
  }

  private Loss loss(Tensor logits, Tensor labels, SoftTargetsBatch soft) {
    Tensor hard = CrossEntropy.sum(logits, labels);
    Tensor minimised = hard.mul(Tensors.scalar(1 - softFraction));
    if (softFraction > 0) {
      double weight = softFraction * temperature * temperature;
      minimised = minimised.add(soft(logits, soft).mul(Tensors.scalar(weight)));
    }
    return new Loss(minimised, hard.detach());
  }

  private Tensor soft(Tensor logits, SoftTargetsBatch soft) {
    requireFit(logits, soft);
    Tensor z = logits.mul(Tensors.scalar(1 / temperature)); // [tokens, vocab]
    Tensor q = soft.probabilities().to(logits.scalar_type()); // [tokens, k]
    Tensor total = z.logsumexp(VOCAB_AXIS); // [tokens]
    Tensor top = z.gather(VOCAB_AXIS, soft.tokens()).sub(total.unsqueeze(1)); // log p, [tokens, k]
    Tensor loss = q.mul(top).sum().neg();
    if (soft.k() == logits.size(VOCAB_AXIS)) {
      return loss;
    }
    Tensor r = soft.remainder().to(logits.scalar_type());
    // log(1 − Σ top p) from the other logits themselves: exact however small the rest is.
    Tensor others = z.scatter(VOCAB_AXIS, soft.tokens(), Tensors.scalar(Double.NEGATIVE_INFINITY));
    Tensor rest = others.logsumexp(VOCAB_AXIS).sub(total); // [tokens]
    return loss.sub(r.mul(rest).sum());
  }

  private static void requireFit(Tensor logits, SoftTargetsBatch soft) {
    if (soft.positions() != logits.size(0) || soft.k() > logits.size(VOCAB_AXIS)) {
      throw new IllegalArgumentException(
          "soft targets [%d, k = %d] do not fit logits [%d, %d]"
              .formatted(soft.positions(), soft.k(), logits.size(0), logits.size(VOCAB_AXIS)));
    }
  }
}
