package io.sparkswitch.model.optim;

import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019, algorithm 2, with the
 * decay multiplied by the learning rate as in PyTorch): m and v are averages of gradients and of
 * their squares, and with both corrected for their start at zero, value ← (1 − rate · decay) ·
 * value − rate · m / (√v + ε).
 */
public final class AdamW implements Optimizer {
  private final Parameters parameters;
  private final AdamWSettings settings;
  private final OptimizerState state;
  private final Scratch scratch;
  private final List<Moments> moments = new ArrayList<>();

  private record Moments(String name, Tensor first, Tensor second) {}

  public AdamW(Parameters parameters, AdamWSettings settings) {
    this.parameters = parameters;
    this.settings = settings;
    this.state = new OptimizerState(parameters.values().scalar_type());
    this.scratch = new Scratch(parameters);
    for (ParameterSpec spec : parameters.specs()) {
      moments.add(
          new Moments(
              spec.name(),
              state.add("adamw.average." + spec.name(), spec.shape()),
              state.add("adamw.square." + spec.name(), spec.shape())));
    }
  }

  @Override
  public void step(long t, double learningRate) {
    try (NoGradGuard guard = new NoGradGuard()) {
      for (Moments of : moments) {
        try (PointerScope scope = new PointerScope()) {
          Tensor value = flat(parameters.value(of.name()));
          Tensor gradient = flat(parameters.gradient(of.name()));
          Tensor first = flat(of.first());
          Tensor second = flat(of.second());
          Blocks.ofRows(value.numel(), 1)
              .forEach(
                  (from, count) ->
                      step(
                          value.narrow(0, from, count),
                          gradient.narrow(0, from, count),
                          new Moments(
                              of.name(),
                              first.narrow(0, from, count),
                              second.narrow(0, from, count)),
                          t,
                          learningRate));
        }
      }
    }
  }

  /** One block, every tensor {@code <float>[count]}. */
  private void step(Tensor value, Tensor gradient, Moments of, long t, double rate) {
    double firstCorrection = 1 - Math.pow(settings.beta1(), (double) t);
    double secondCorrection = 1 - Math.pow(settings.beta2(), (double) t);
    of.first().lerp_(gradient, Tensors.scalar(1 - settings.beta1()));
    of.second()
        .mul_(Tensors.scalar(settings.beta2()))
        .addcmul_(gradient, gradient, Tensors.scalar(1 - settings.beta2()));
    Tensor divisor =
        torch
            .sqrt_out(scratch.vector(value.numel()), of.second())
            .mul_(Tensors.scalar(1 / Math.sqrt(secondCorrection)))
            .add_(Tensors.scalar(settings.epsilon()));
    if (settings.weightDecay() > 0) {
      value.mul_(Tensors.scalar(1 - rate * settings.weightDecay()));
    }
    value.addcdiv_(of.first(), divisor, Tensors.scalar(-rate / firstCorrection));
  }

  private static Tensor flat(Tensor tensor) {
    return tensor.view(tensor.numel());
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
