package io.sparkswitch.model.t5;

import io.sparkswitch.data.batch.Packing;
import io.sparkswitch.model.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Which example of its sequence each token of a packed batch belongs to, counted from 1; 0 is
 * padding. Attention stays within an example; what relative positions are within it, packing does
 * not change.
 *
 * @param encoder {@code <int64>[batch, encoderLength]}
 * @param decoder {@code <int64>[batch, decoderLength]}
 */
record Examples(Tensor encoder, Tensor decoder) {

  static Examples of(Packing packing, int sequences, int encoderLength, int decoderLength) {
    return new Examples(
        Tensors.indices(packing.encoderSegments(), sequences, encoderLength),
        Tensors.indices(packing.decoderSegments(), sequences, decoderLength));
  }

  /** Mask of the encoder's self-attention, {@code <float>[batch, 1, encoderLength, keys]}. */
  Tensor encoderMask(ScalarType dtype) {
    return mask(encoder, encoder, dtype);
  }

  /** Mask of the decoder's self-attention beside the causal one, likewise. */
  Tensor decoderMask(ScalarType dtype) {
    return mask(decoder, decoder, dtype);
  }

  /** Mask of cross-attention, likewise. */
  Tensor crossMask(ScalarType dtype) {
    return mask(decoder, encoder, dtype);
  }

  /** 0 within an example and for padding, whose output nobody reads; else -inf. */
  private static Tensor mask(Tensor queries, Tensor keys, ScalarType dtype) {
    Tensor of = queries.view(queries.size(0), 1, queries.size(1), 1);
    Tensor to = keys.view(keys.size(0), 1, 1, keys.size(1));
    Tensor foreign = of.ne(to).logical_and(of.ne(new Scalar(0)));
    return Tensors.zeros(dtype, keys.size(0), 1, queries.size(1), keys.size(1))
        .masked_fill(foreign, Tensors.scalar(Double.NEGATIVE_INFINITY));
  }
}
