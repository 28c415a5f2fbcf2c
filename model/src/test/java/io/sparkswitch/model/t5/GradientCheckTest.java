package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.loss.CrossEntropy;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Observations;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.Routing;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.t5.T5Config.Width;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.ParameterSpec;
import io.sparkswitch.model.tensor.Parameters;
import io.sparkswitch.model.tensor.Tape;
import io.sparkswitch.model.tensor.TapeOptions;
import io.sparkswitch.model.tensor.TapeOptions.Activations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The gradients of a whole T5 or Switch T5 against central differences of what is minimised. */
class GradientCheckTest {
  private static final double STEP = 1e-6;
  private static final int VOCAB = 24;
  private static final int GROUP = 2;

  /** A random small shape. */
  record Shape(FeedForwardKind kind, int experts, int heads, int headDim, int mlp, long seed) {
    T5Config dense() {
      return new T5Config(
          VOCAB,
          new Width(6, mlp, heads, headDim),
          2,
          2,
          TinyModel.conventions(kind),
          Optional.empty());
    }

    Batch batch() {
      return TinyModel.batch(4, 7, 5, VOCAB, seed);
    }
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Combinators.combine(
            Arbitraries.of(FeedForwardKind.class),
            Arbitraries.integers().between(3, 5),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 5),
            Arbitraries.integers().between(3, 9),
            Arbitraries.longs().between(0, 1000))
        .as(Shape::new);
  }

  // The seed is fixed: now and then a random entry would cross the kink of a ReLU.
  @Property(
      tries = 2,
      seed = "20240607",
      shrinking = ShrinkingMode.OFF,
      edgeCases = EdgeCasesMode.NONE)
  void gradientsOfEveryOptionAndKindOfParameterEqualFiniteDifferences(
      @ForAll("shapes") Shape shape) {
    for (Recipe recipe : Recipe.all(shape.dense(), shape.experts(), GROUP)) {
      check(recipe, shape);
    }
  }

  private static void check(Recipe recipe, Shape shape) {
    T5Config config = recipe.config();
    try (PointerScope scope = new PointerScope();
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model = new T5Model(config, Precision.FLOAT64, 0, 1)) {
      model.dense().initialise(shape.seed());
      model.experts().initialise(shape.seed());
      Inputs inputs = Inputs.of(shape.batch(), 0, 4, config.grouping());
      Walk walk = new Walk(recipe, model, inputs, exchange, new EnumMap<>(Activations.class));
      for (Activations activations : Activations.values()) {
        walk.train(activations);
      }
      SplittableRandom random = new SplittableRandom(shape.seed());
      Map<String, List<Place>> kinds = kinds(model);
      for (List<Place> places : kinds.values()) {
        boolean compared = false;
        for (int attempt = 0; attempt < 5 && !compared; attempt++) {
          compared = walk.compare(places.get(random.nextInt(places.size())), random);
        }
        assertThat(compared).as("%s: %s compared", recipe, places.get(0).spec.name()).isTrue();
      }
      assertThat(kinds.keySet().stream().filter(k -> k.contains("router")).count())
          .isEqualTo(routers(config));
    }
  }

  /** Kinds of routers. */
  private static long routers(T5Config config) {
    return config
        .sparse()
        .map(s -> (s.sites().feedForward() ? 2L : 0) + (s.sites().attention() ? 4 : 0))
        .orElse(0L);
  }

  /** A parameter and where it lives. */
  private record Place(Parameters parameters, ParameterSpec spec) {}

  /** By name without the numbers of blocks and experts. */
  private static Map<String, List<Place>> kinds(T5Model model) {
    Map<String, List<Place>> kinds = new TreeMap<>();
    for (Parameters parameters : List.of(model.dense(), model.experts())) {
      for (ParameterSpec spec : parameters.specs()) {
        String kind = spec.name().replaceAll("(block\\.|expert_)\\d+", "$1N");
        kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(new Place(parameters, spec));
      }
    }
    return kinds;
  }

  /** Passes over one batch. */
  private record Walk(
      Recipe recipe,
      T5Model model,
      Inputs inputs,
      LocalExchange exchange,
      Map<Activations, Map<String, double[]>> gradients) {

    /** What is differentiated, and the decisions that make it piecewise smooth. */
    record Point(double loss, String decisions) {}

    void train(Activations activations) {
      model.dense().zeroGradients();
      model.experts().zeroGradients();
      Decisions decisions = new Decisions();
      Pass pass = recipe.pass(Tape.recording(TapeOptions.of(activations)), exchange, 0, decisions);
      GradientStep.train(model, inputs, pass, recipe.objective());
      boolean mayOverflow =
          model.config().sparse().isPresent()
              && recipe.config().training().capacity().kind() != Capacity.Kind.DROPLESS;
      assertThat(decisions.overflow > 0).as("%s overflows", recipe).isEqualTo(mayOverflow);
      gradients.put(activations, GangRun.gradients(model));
    }

    /** Compares one random entry; false where a token changes its expert in between. */
    boolean compare(Place place, SplittableRandom random) {
      long entry = random.nextLong(place.spec.size());
      Point up = moved(place, entry, STEP);
      Point down = moved(place, entry, -STEP);
      if (!up.decisions.equals(down.decisions)) {
        return false;
      }
      double slope = (up.loss - down.loss) / (2 * STEP);
      for (Activations activations : Activations.values()) {
        double[] gradient = gradients.get(activations).get(place.spec.name());
        assertThat(gradient[Math.toIntExact(entry)])
            .as("%s, %s: %s, entry %d", recipe, activations, place.spec.name(), entry)
            .isCloseTo(slope, within(1e-8 + 1e-5 * Math.abs(slope)));
      }
      return true;
    }

    private Point moved(Place place, long entry, double by) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard guard = new NoGradGuard()) {
        Tensor value = place.parameters.value(place.spec.name()).view(-1).narrow(0, entry, 1);
        double before = value.item_double();
        value.copy_(Doubles.tensor(new double[] {before + by}, 1));
        try {
          return point();
        } finally {
          value.copy_(Doubles.tensor(new double[] {before}, 1));
        }
      }
    }

    /** All of it in one expression, without chunks. */
    private Point point() {
      Decisions decisions = new Decisions();
      Pass pass = recipe.pass(Tape.recording(), exchange, 0, decisions);
      Tensor logits = model.forward(inputs, pass);
      Targets targets = inputs.targets();
      CrossEntropy objective = recipe.objective();
      Tensor sum =
          objective
              .loss(
                  logits.index_select(0, targets.positions()),
                  targets.labels(),
                  targets.positions())
              .minimised();
      double loss = sum.item_double() / inputs.globalTargets() + pass.tape().addedLosses();
      return new Point(loss, decisions.text.toString());
    }
  }

  /** What the routers decide. */
  private static final class Decisions extends Observations {
    final StringBuilder text = new StringBuilder();
    long overflow;

    @Override
    public void routed(Routing routing) {
      super.routed(routing);
      text.append(Arrays.toString(routing.expertIndex())).append(Arrays.toString(routing.kept()));
      for (int request = 0; request < routing.kept().length; request++) {
        boolean asked = routing.expertIndex()[request] >= 0;
        overflow += asked && !routing.kept()[request] ? 1 : 0;
      }
    }
  }
}
