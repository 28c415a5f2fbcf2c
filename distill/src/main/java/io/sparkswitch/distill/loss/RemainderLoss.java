package io.sparkswitch.distill.loss;

import io.sparkswitch.distill.target.SoftTargetsBatch;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** What a student loses against the mass of the tokens that its targets lump together. */
public enum RemainderLoss {
  /** They are one event, whose probability is the sum of theirs: r · -log(1 - Σ top q). */
  ONE_EVENT {
    @Override
    Tensor of(Tensor z, Tensor total, SoftTargetsBatch.Kept soft, Tensor r) {
      // log(1 − Σ top q) from the other logits themselves: exact however small the rest is.
      Tensor others =
          z.scatter(VOCAB_AXIS, soft.tokens(), Tensors.scalar(Double.NEGATIVE_INFINITY));
      Tensor rest = others.logsumexp(VOCAB_AXIS).sub(total); // [tokens]
      return r.mul(rest).sum().neg();
    }
  },
  /** Each has an equal part of it: r / (vocab - k) · Σ others -log q. */
  SPREAD {
    @Override
    Tensor of(Tensor z, Tensor total, SoftTargetsBatch.Kept soft, Tensor r) {
      double others = z.size(VOCAB_AXIS) - soft.kept();
      Tensor sum = z.sum(VOCAB_AXIS).sub(z.gather(VOCAB_AXIS, soft.tokens()).sum(VOCAB_AXIS));
      Tensor mean = sum.mul(Tensors.scalar(1 / others)).sub(total); // of log q, [tokens]
      return r.mul(mean).sum().neg();
    }
  };

  private static final long VOCAB_AXIS = 1;

  /**
   * Summed over the target tokens.
   *
   * @param z {@code <float>[tokens, vocab]}: the student's logits over the temperature
   * @param total {@code <float>[tokens]}: their log Σ exp
   * @param r {@code <float>[tokens]}: the mass
   * @return scalar
   */
  abstract Tensor of(Tensor z, Tensor total, SoftTargetsBatch.Kept soft, Tensor r);
}
