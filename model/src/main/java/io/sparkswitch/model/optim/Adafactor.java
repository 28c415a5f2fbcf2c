package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Adafactor without momentum. Each parameter is a matrix (or vector) of its own: statistics, update
 * clipping and parameter scale cover the whole of it, each expert's by itself.
 */
public final class Adafactor implements AutoCloseable {
  private final Parameters parameters;
  private final AdafactorSettings settings;
  private final Map<String, Tensor> state = new LinkedHashMap<>();

  public Adafactor(Parameters parameters, AdafactorSettings settings) {
    this.parameters = parameters;
    this.settings = settings;
    try (PointerScope scope = new PointerScope()) {
      for (ParameterSpec spec : parameters.specs()) {
        if (isFactored(spec)) {
          put(row(spec), spec.shape()[0]);
          put(column(spec), spec.shape()[1]);
        } else {
          put(square(spec), spec.shape());
        }
      }
    }
  }

  /**
   * Updates every parameter from its gradient.
   *
   * @param t number of this update, from 1
   * @param learningRate before parameter scaling
   */
  public void step(long t, double learningRate) {
    double beta = 1 - Math.pow((double) t, -settings.decayExponent());
    try (NoGradGuard guard = new NoGradGuard()) {
      for (ParameterSpec spec : parameters.specs()) {
        try (PointerScope scope = new PointerScope()) {
          step(spec, beta, learningRate);
        }
      }
    }
  }

  private void step(ParameterSpec spec, double beta, double learningRate) {
    Tensor value = parameters.value(spec.name());
    Tensor gradient = parameters.gradient(spec.name());
    Tensor squares = gradient.square().add_(scalar(settings.epsilonSquare()));
    Tensor update =
        isFactored(spec)
            ? factored(spec, gradient, squares, beta)
            : gradient.mul(average(square(spec), squares, beta).rsqrt());
    double excess = Math.max(1, rms(update) / settings.clipThreshold());
    double scale = settings.parameterScale() ? Math.max(settings.epsilonScale(), rms(value)) : 1;
    value.sub_(update, scalar(learningRate * scale / excess));
  }

  private Tensor factored(ParameterSpec spec, Tensor gradient, Tensor squares, double beta) {
    Tensor rows = average(row(spec), squares.mean(1), beta); // [out]
    Tensor columns = average(column(spec), squares.mean(0), beta); // [in]
    Tensor rowFactor = rows.div(rows.mean()).rsqrt_().unsqueeze(1);
    Tensor columnFactor = columns.rsqrt().unsqueeze(0);
    return gradient.mul(rowFactor).mul_(columnFactor);
  }

  /** Moves a running average in place: β · old + (1 − β) · fresh. */
  private Tensor average(String name, Tensor fresh, double beta) {
    return state.get(name).mul_(scalar(beta)).add_(fresh, scalar(1 - beta));
  }

  private static double rms(Tensor tensor) {
    return tensor.norm().item_double() / Math.sqrt((double) tensor.numel());
  }

  /** The statistics by name, to be saved; writing into them restores. */
  public Map<String, Tensor> state() {
    return state;
  }

  private boolean isFactored(ParameterSpec spec) {
    return spec.shape().length == 2
        && spec.shape()[0] >= settings.factoredFrom()
        && spec.shape()[1] >= settings.factoredFrom();
  }

  private void put(String name, long... shape) {
    state.put(name, Tensors.own(Tensors.zeros(parameters.values().scalar_type(), shape)));
  }

  private static String row(ParameterSpec spec) {
    return "adafactor.row." + spec.name();
  }

  private static String column(ParameterSpec spec) {
    return "adafactor.column." + spec.name();
  }

  private static String square(ParameterSpec spec) {
    return "adafactor.square." + spec.name();
  }

  private static Scalar scalar(double value) {
    return Tensors.scalar(value);
  }

  @Override
  public void close() {
    state.values().forEach(Tensor::close);
  }
}
