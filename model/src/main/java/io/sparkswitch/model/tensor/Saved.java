package io.sparkswitch.model.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** What a section keeps for its backward, beyond the scope that its forward runs in. */
public final class Saved implements AutoCloseable {
  private final boolean keeping;
  private final List<Tensor> tensors = new ArrayList<>();

  private Saved(boolean keeping) {
    this.keeping = keeping;
  }

  static Saved keeping() {
    return new Saved(true);
  }

  /** For a section that will not run backward. */
  public static Saved nothing() {
    return new Saved(false);
  }

  /**
   * Keeps a tensor, which must be its own owner: what an in-place operation returns is not.
   *
   * @return the same; not to be used again where nothing is kept
   */
  public Tensor keep(Tensor tensor) {
    if (keeping) {
      tensor.retainReference();
      tensors.add(tensor);
    }
    return tensor;
  }

  /** Lets go of all. */
  @Override
  public void close() {
    tensors.forEach(Tensor::releaseReference);
    tensors.clear();
  }
}
