package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.Tensors;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The tensors that an optimizer remembers, all zero at first. */
final class OptimizerState implements AutoCloseable {
  private final ScalarType dtype;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  OptimizerState(ScalarType dtype) {
    this.dtype = dtype;
  }

  Tensor add(String name, long... shape) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensors.own(Tensors.zeros(dtype, shape));
      tensors.put(name, tensor);
      return tensor;
    }
  }

  Map<String, Tensor> all() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
