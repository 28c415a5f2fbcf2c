package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Adafactor (Shazeer and Stern 2018). Each parameter is a matrix (or vector) of its own:
 * statistics, update clipping and parameter scale cover the whole of it, each expert's by itself.
 */
public final class Adafactor implements Optimizer {
  private final Parameters parameters;
  private final AdafactorSettings settings;
  private final OptimizerState state;
  private final Scratch scratch;
  private final List<Moments> moments = new ArrayList<>();

  /** What is averaged of one parameter; the first moment is there with β₁ only. */
  private record Moments(String name, SecondMoment second, Optional<Tensor> first) {}

  /**
   * @throws IllegalArgumentException a parameter has more than two dimensions
   */
  public Adafactor(Parameters parameters, AdafactorSettings settings) {
    this.parameters = parameters;
    this.settings = settings;
    this.state = new OptimizerState(parameters.values().scalar_type());
    this.scratch = new Scratch(parameters);
    for (ParameterSpec spec : parameters.specs()) {
      moments.add(new Moments(spec.name(), second(spec), first(spec)));
    }
  }

  private SecondMoment second(ParameterSpec spec) {
    long[] shape = spec.shape();
    if (shape.length > 2) {
      throw new IllegalArgumentException(
          "%s has shape %s; Adafactor takes vectors and matrices"
              .formatted(spec.name(), Arrays.toString(shape)));
    }
    AdafactorSettings.Statistics statistics = settings.statistics();
    int from = statistics.factoredFrom();
    if (shape.length == 2 && shape[0] >= from && shape[1] >= from) {
      return new FactoredMoment(
          state.add("adafactor.row." + spec.name(), shape[0]),
          state.add("adafactor.column." + spec.name(), shape[1]),
          statistics.epsilon(),
          scratch);
    }
    return new FullMoment(
        state.add("adafactor.square." + spec.name(), shape), statistics.epsilon());
  }

  private Optional<Tensor> first(ParameterSpec spec) {
    return settings.beta1() > 0
        ? Optional.of(state.add("adafactor.average." + spec.name(), spec.shape()))
        : Optional.empty();
  }

  /**
   * Updates every parameter from its gradient.
   *
   * @param learningRate before parameter scaling
   */
  @Override
  public void step(long t, double learningRate) {
    double beta2 = settings.statistics().beta2(t);
    try (NoGradGuard guard = new NoGradGuard()) {
      for (Moments of : moments) {
        try (PointerScope scope = new PointerScope()) {
          step(of, beta2, learningRate * scale(of.name()));
        }
      }
    }
  }

  private void step(Moments of, double beta2, double rate) {
    Tensor value = parameters.value(of.name());
    SecondMoment.Update update = of.second().absorb(parameters.gradient(of.name()), beta2);
    double rms = Math.sqrt(update.sumOfSquares() / value.numel());
    double clipped = rate / Math.max(1, rms / settings.clipThreshold());
    if (settings.weightDecay() > 0) {
      value.mul_(Tensors.scalar(1 - settings.weightDecay() * rate));
    }
    if (of.first().isPresent()) {
      Tensor average = of.first().get().mul_(Tensors.scalar(settings.beta1()));
      update.addTo(average, (1 - settings.beta1()) * clipped);
      value.sub_(average);
    } else {
      update.addTo(value, -clipped);
    }
  }

  /** What the rate of this parameter's next update is multiplied by. */
  double scale(String name) {
    if (settings.leastScale().isEmpty()) {
      return 1;
    }
    Tensor value = parameters.value(name);
    double rms = Math.sqrt(SumOfSquares.of(value) / value.numel());
    return Math.max(settings.leastScale().getAsDouble(), rms);
  }

  @Override
  public Map<String, Tensor> state() {
    return state.all();
  }

  @Override
  public void close() {
    state.close();
    scratch.close();
  }
}
