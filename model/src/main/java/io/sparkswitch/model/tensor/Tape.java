package io.sparkswitch.model.tensor;

import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A training step cut into segments, so that what autograd cannot see (rows that travel between
 * processes) runs in program order in both directions.
 *
 * <p>Within a segment autograd does its work. A value used by later segments is {@link #keep kept}:
 * the later ones see a leaf, whose gradient becomes the gradient of the value. Rows that leave are
 * {@link #cross crossed}. {@link #backward} runs the segments last to first; the crossings between
 * them run in exactly the reverse of the forward order, on every rank alike.
 *
 * <p>Not thread-safe: one thread runs a step.
 */
public final class Tape {
  private final boolean recording;
  private final TapeOptions options;
  private final List<Segment> segments = new ArrayList<>();
  private Recorded current;
  private double addedLosses;

  private Tape(boolean recording, TapeOptions options) {
    this.recording = recording;
    this.options = options;
    this.current = new Recorded(Phase.OTHER);
  }

  /** A tape for a step that will run {@link #backward}. */
  public static Tape recording(TapeOptions options) {
    return new Tape(true, options);
  }

  /** A tape that keeps all activations. */
  public static Tape recording() {
    return recording(TapeOptions.of(Activations.KEPT));
  }

  /** A tape for evaluation: keeps nothing and cannot run backward. */
  public static Tape inference() {
    return new Tape(false, TapeOptions.of(Activations.KEPT));
  }

  public boolean isRecording() {
    return recording;
  }

  /**
   * Announces that {@code value} is used after the current segment.
   *
   * @return the leaf to use once the segment has ended, of the same shape; not before
   */
  public Tensor keep(Tensor value) {
    if (!recording) {
      return value;
    }
    Tensor leaf = leaf(value);
    current.roots.add(new Root(value, leaf, UnaryOperator.identity()));
    return leaf;
  }

  /** Adds a scalar to what is differentiated, with weight one. */
  public void addLoss(Tensor scalar) {
    if (recording) {
      current.losses.add(scalar);
      addedLosses += scalar.item_double();
    }
  }

  /** Sum of the scalars added so far. */
  public double addedLosses() {
    return addedLosses;
  }

  /**
   * Announces a value of the current segment whose gradient is known already.
   *
   * @param gradient of the shape of {@code value}
   */
  public void seed(Tensor value, Tensor gradient) {
    if (recording) {
      current.roots.add(new Root(value, null, unused -> gradient));
    }
  }

  /** Ends the current segment; what follows belongs to {@code next}. */
  public void end(Phase next) {
    options.stopwatch().enter(next);
    if (recording) {
      segments.add(current);
      current = new Recorded(next);
    }
  }

  /**
   * Ends the current segment and takes a value to the next.
   *
   * @return a leaf like {@code x}
   */
  public Tensor enter(Phase next, Tensor x) {
    Tensor input = recording && !x.is_leaf() ? keep(x) : x;
    end(next);
    return input;
  }

  /**
   * A value made of parameters alone, in a segment of its own.
   *
   * @param make without autograd
   * @param backward takes the value's gradient to the parameters'
   * @return a leaf
   */
  public Tensor source(Phase phase, Supplier<Tensor> make, Consumer<Tensor> backward) {
    end(phase);
    Tensor value;
    try (NoGradGuard guard = new NoGradGuard()) {
      value = make.get();
    }
    if (recording) {
      value.set_requires_grad(true);
      segments.add(new Source(phase, value, backward));
    }
    return value;
  }

  /**
   * A part whose backward is written by hand. What it uses besides {@code x} are leaves.
   *
   * @param make a new walk; with {@link Activations#RECOMPUTED} backward makes another
   * @return what its forward returns
   */
  public Tensor section(Phase phase, Tensor x, Supplier<Section> make) {
    Tensor input = enter(phase, x);
    if (!recording) {
      return Tensors.surviving(() -> make.get().forward(input, Saved.nothing()));
    }
    Walked walked = new Walked(phase, input, make);
    try (NoGradGuard guard = new NoGradGuard()) {
      walked.forward(options.activations() == Activations.KEPT);
    }
    segments.add(walked);
    return walked.output;
  }

  /**
   * Ends the current segment with a movement that autograd does not follow.
   *
   * @param outgoing what leaves
   * @param forward from the values that leave to those that arrive, free to block
   * @param backward from the gradient of what arrived to the gradient of what left
   * @param next what follows
   * @return a leaf with what arrived
   */
  public Tensor cross(
      Tensor outgoing, UnaryOperator<Tensor> forward, UnaryOperator<Tensor> backward, Phase next) {
    if (!recording) {
      Tensor arrived = forward.apply(outgoing);
      end(next);
      return arrived;
    }
    Tensor leaf = leaf(forward.apply(outgoing.detach()));
    current.roots.add(new Root(outgoing, leaf, backward));
    end(next);
    return leaf;
  }

  /** Runs every segment backward, last to first; gradients accumulate in the parameters. */
  public void backward() {
    if (!recording) {
      throw new IllegalStateException("a tape for inference cannot run backward");
    }
    end(Phase.OTHER);
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      options.stopwatch().enter(segment.phase());
      segment.backward();
    }
    options.stopwatch().enter(Phase.OTHER);
    segments.clear();
  }

  private static Tensor leaf(Tensor value) {
    Tensor leaf = value.detach();
    leaf.set_requires_grad(true);
    return leaf;
  }

  private static void differentiate(TensorVector values, TensorVector gradients) {
    if (values.size() > 0) {
      torch.backward(values, gradients, new BoolOptional(), false, new TensorVector());
    }
  }

  private interface Segment {
    Phase phase();

    void backward();
  }

  /** A value and what its gradient follows from; without a leaf it is known. */
  private record Root(Tensor value, Tensor leaf, UnaryOperator<Tensor> movement) {
    Tensor gradient() {
      if (leaf == null) {
        return movement.apply(null);
      }
      Tensor gradient = new Tensor(leaf.grad()); // grad() alone would be reset too
      Tensor moved = movement.apply(gradient.defined() ? gradient : torch.zeros_like(leaf));
      leaf.mutable_grad().reset(); // nobody asks again
      return moved;
    }
  }

  /** A segment that autograd has followed. */
  private static final class Recorded implements Segment {
    final Phase phase;
    final List<Root> roots = new ArrayList<>();
    final List<Tensor> losses = new ArrayList<>();

    Recorded(Phase phase) {
      this.phase = phase;
    }

    @Override
    public Phase phase() {
      return phase;
    }

    @Override
    public void backward() {
      try (PointerScope scope = new PointerScope()) {
        TensorVector values = new TensorVector();
        TensorVector gradients = new TensorVector();
        // A crossing was added last and moves first: it is the latest thing the forward pass did.
        for (int i = roots.size() - 1; i >= 0; i--) {
          Root root = roots.get(i);
          Tensor gradient = root.gradient();
          if (root.value.requires_grad()) {
            values.push_back(root.value);
            gradients.push_back(gradient);
          }
        }
        for (Tensor loss : losses) {
          values.push_back(loss);
          gradients.push_back(torch.ones_like(loss));
        }
        differentiate(values, gradients);
      }
    }
  }

  /** A value without inputs. */
  private record Source(Phase phase, Tensor value, Consumer<Tensor> then) implements Segment {
    @Override
    public void backward() {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor gradient = new Tensor(value.grad());
        value.mutable_grad().reset();
        if (gradient.defined()) {
          then.accept(gradient);
        }
      }
    }
  }

  /** A segment with a backward of its own. */
  private static final class Walked implements Segment {
    final Phase phase;
    final Tensor input;
    final Supplier<Section> make;
    final Saved saved = Saved.keeping();
    Section section;
    Tensor output;

    Walked(Phase phase, Tensor input, Supplier<Section> make) {
      this.phase = phase;
      this.input = input;
      this.make = make;
    }

    void forward(boolean keep) {
      Section walk = make.get();
      Saved into = keep ? saved : Saved.nothing();
      output = Tensors.surviving(() -> walk.forward(input.detach(), into));
      output.set_requires_grad(true);
      section = keep ? walk : null;
    }

    @Override
    public Phase phase() {
      return phase;
    }

    @Override
    public void backward() {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor gradient = new Tensor(output.grad()); // grad() alone would be reset too
        output.mutable_grad().reset();
        if (gradient.defined()) {
          if (section == null) {
            section = make.get();
            section.forward(input.detach(), saved);
          }
          Gradients.add(input, section.backward(gradient));
        }
      }
      saved.close();
    }
  }
}
