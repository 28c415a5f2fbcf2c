package io.sparkswitch.distill.loss;

import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.distill.target.SoftTargetsSource;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.loss.Objective;
import io.sparkswitch.model.loss.Objective.Loss;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * f · T² · soft + (1 − f) · hard, in nats, summed over target tokens (paper section 4.2), and the
 * output z-loss. Hard is the cross-entropy with the labels. Soft is the cross-entropy with the
 * teacher's distribution at temperature T.
 *
 * @param softFraction f, in [0, 1]
 * @param temperature T, at which the targets were made
 * @param remainder of tokens that the targets lump together
 * @param zLoss factor of the output z-loss, whatever f is; 0 is none
 */
public record DistillationLoss(
    double softFraction, double temperature, RemainderLoss remainder, double zLoss) {
  private static final long VOCAB_AXIS = 1;

  /** Without z-loss. */
  public DistillationLoss(double softFraction, double temperature, RemainderLoss remainder) {
    this(softFraction, temperature, remainder, 0);
  }

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

  /** What is minimised on the batch that {@code soft} is of. */
  public Objective objective(SoftTargetsSource soft) {
    return (logits, labels, positions) -> loss(logits, labels, soft.at(positions));
  }

  private Loss loss(Tensor logits, Tensor labels, SoftTargetsBatch soft) {
    Tensor hard = CrossEntropy.sum(logits, labels);
    Tensor minimised = hard.mul(Tensors.scalar(1 - softFraction));
    if (softFraction > 0) {
      double weight = softFraction * temperature * temperature;
      minimised = minimised.add(soft(logits, soft).mul(Tensors.scalar(weight)));
    }
    if (zLoss > 0) {
      minimised = minimised.add(CrossEntropy.zLoss(logits, zLoss));
    }
    return new Loss(minimised, hard.detach());
  }

  private Tensor soft(Tensor logits, SoftTargetsBatch soft) {
    requireFit(logits, soft);
    Tensor z = logits.mul(Tensors.scalar(1 / temperature)); // [tokens, vocab]
    if (soft instanceof SoftTargetsBatch.Full full) {
      return full.probabilities().to(z.scalar_type()).mul(z.log_softmax(VOCAB_AXIS)).sum().neg();
    }
    SoftTargetsBatch.Kept kept = (SoftTargetsBatch.Kept) soft;
    Tensor q = kept.probabilities().to(z.scalar_type()); // [tokens, kept]
    Tensor total = z.logsumexp(VOCAB_AXIS); // [tokens]
    Tensor p = z.gather(VOCAB_AXIS, kept.tokens()).sub(total.unsqueeze(1)); // log, [tokens, kept]
    Tensor loss = q.mul(p).sum().neg();
    return kept.remainder()
        .map(r -> loss.add(remainder.of(z, total, kept, r.to(z.scalar_type()))))
        .orElse(loss);
  }

  private static void requireFit(Tensor logits, SoftTargetsBatch soft) {
    long vocab = logits.size(VOCAB_AXIS);
    boolean fits =
        soft instanceof SoftTargetsBatch.Full full
            ? full.probabilities().size(VOCAB_AXIS) == vocab
            : ((SoftTargetsBatch.Kept) soft).kept() <= vocab;
    if (soft.positions() != logits.size(0) || !fits) {
      throw new IllegalArgumentException(
          "%s do not fit logits [%d, %d]".formatted(soft.shape(), logits.size(0), vocab));
    }
  }
}
