package io.sparkswitch.model.tensor;

import io.sparkswitch.model.tensor.ParameterSpec.Initialiser.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Parameters in one flat vector, their gradients in another, so that both travel without copies.
 * Each parameter is a leaf that views its range; backward adds into its range of the gradients.
 */
public final class Parameters implements AutoCloseable {
  private final List<ParameterSpec> specs;
  private final boolean trained;
  private final Tensor values;
  private final Tensor gradients;
  private final Map<String, Tensor> leaves = new LinkedHashMap<>();
  private final Map<String, Tensor> gradientViews = new LinkedHashMap<>();
  private final List<Tensor> owned = new ArrayList<>();

  public Parameters(List<ParameterSpec> specs, ScalarType dtype) {
    this(specs, dtype, true);
  }

  /** Parameters that are never trained: they have no gradients. */
  public static Parameters frozen(List<ParameterSpec> specs, ScalarType dtype) {
    return new Parameters(specs, dtype, false);
  }

  private Parameters(List<ParameterSpec> specs, ScalarType dtype, boolean trained) {
    this.specs = List.copyOf(specs);
    this.trained = trained;
    long total = size(specs);
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      values = Tensors.own(Tensors.zeros(dtype, total));
      gradients = Tensors.own(Tensors.zeros(dtype, trained ? total : 0));
      long offset = 0;
      for (ParameterSpec spec : specs) {
        Tensor leaf = Tensors.own(view(values, offset, spec).detach());
        if (leaves.put(spec.name(), leaf) != null) {
          throw new IllegalArgumentException("two parameters are called " + spec.name());
        }
        if (trained) {
          Tensor gradient = Tensors.own(view(gradients, offset, spec));
          learn(leaf, gradient);
          gradientViews.put(spec.name(), gradient);
        }
        offset += spec.size();
      }
    }
  }

  private static void learn(Tensor leaf, Tensor gradient) {
    leaf.set_requires_grad(true);
    leaf.mutable_grad().put(gradient);
  }

  /** Number of values in {@code specs}. */
  public static long size(List<ParameterSpec> specs) {
    return specs.stream().mapToLong(ParameterSpec::size).reduce(0, Math::addExact);
  }

  private static Tensor view(Tensor flat, long offset, ParameterSpec spec) {
    return flat.narrow(0, offset, spec.size()).view(spec.shape());
  }

  public List<ParameterSpec> specs() {
    return specs;
  }

  public boolean has(String name) {
    return leaves.containsKey(name);
  }

  /** The leaf of that name, in the shape of its spec. */
  public Tensor value(String name) {
    return require(leaves, name);
  }

  /** The gradient of that name, in the shape of its spec. */
  public Tensor gradient(String name) {
    return require(gradientViews, name);
  }

  /**
   * Matrices of equal width that follow one another, as one: a leaf over the same memory, whose
   * gradient is theirs.
   *
   * @return {@code <float>[sum of their rows, columns]}
   */
  public Tensor joined(List<String> names) {
    Tensor first = value(names.get(0));
    long columns = first.size(1);
    long offset = first.storage_offset();
    long next = offset;
    for (String name : names) {
      Tensor part = value(name);
      if (part.storage_offset() != next || part.size(1) != columns) {
        throw new IllegalArgumentException(
            "%s do not follow one another with equal width".formatted(names));
      }
      next += part.numel();
    }
    long rows = (next - offset) / columns;
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      long[] shape = {rows, columns};
      Tensor leaf = Tensors.own(values.narrow(0, offset, rows * columns).view(shape).detach());
      owned.add(leaf);
      if (trained) {
        Tensor gradient = Tensors.own(gradients.narrow(0, offset, rows * columns).view(shape));
        learn(leaf, gradient);
        owned.add(gradient);
      }
      return leaf;
    }
  }

  private static Tensor require(Map<String, Tensor> map, String name) {
    Tensor tensor = map.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no parameter is called " + name);
    }
    return tensor;
  }

  /** All values, {@code <float>[total]}, in the order of the specs. */
  public Tensor values() {
    return values;
  }

  /** All gradients, {@code <float>[total]}, in the order of the specs; none if frozen. */
  public Tensor gradients() {
    return gradients;
  }

  public void zeroGradients() {
    gradients.zero_();
  }

  public void scaleGradients(double factor) {
    gradients.mul_(Tensors.scalar(factor));
  }

  /** Replaces all values by {@code <float>[total]}. */
  public void assign(Tensor flat) {
    try (NoGradGuard guard = new NoGradGuard()) {
      values.copy_(flat);
    }
  }

  /**
   * Draws every parameter anew, each from (seed, {@link ParameterSpec#drawnAs}): the same values
   * wherever it lives, and the same for every parameter that two models share.
   */
  public void initialise(long seed) {
    for (ParameterSpec spec : specs) {
      initialise(spec, seed);
    }
  }

  /** Draws one parameter anew. */
  public void initialise(ParameterSpec spec, long seed) {
    float[] draws = new float[Math.toIntExact(spec.size())];
    Kind kind = spec.initialiser().kind();
    RandomGenerator random = new SplittableRandom(key(seed, spec.drawnAs()));
    for (int i = 0; i < draws.length; i++) {
      draws[i] =
          kind == Kind.ONES
              ? 1f
              : (float) (draw(random, kind) * spec.initialiser().standardDeviation());
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard guard = new NoGradGuard()) {
      value(spec.name()).copy_(Tensors.floats(draws, spec.shape()));
    }
  }

  private static double draw(RandomGenerator random, Kind kind) {
    double draw = random.nextGaussian();
    while (kind == Kind.TRUNCATED_NORMAL && Math.abs(draw) > 2) {
      draw = random.nextGaussian();
    }
    return draw;
  }

  private static long key(long seed, String drawnAs) {
    long key = Noise.mix(seed);
    for (byte b : drawnAs.getBytes(StandardCharsets.UTF_8)) {
      key = Noise.mix(key ^ b);
    }
    return key;
  }

  @Override
  public void close() {
    leaves.values().forEach(Tensor::close);
    gradientViews.values().forEach(Tensor::close);
    owned.forEach(Tensor::close);
    values.close();
    gradients.close();
  }
}
