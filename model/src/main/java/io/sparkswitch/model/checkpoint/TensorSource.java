package io.sparkswitch.model.checkpoint;

import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/** Where tensors come from, one at a time. */
@FunctionalInterface
public interface TensorSource {
  /** A tensor of its spec's dtype and shape, contiguous and in main memory. */
  Tensor read(TensorSpec spec) throws IOException;
}
