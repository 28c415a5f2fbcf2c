package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.ExpertPlacement;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Tape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A sparse layer with bfloat16 tokens and a float32 router, whose rows travel as bfloat16. Experts
 * see the same rows in the same order on any number of ranks, so all is equal to the last bit.
 */
class BFloat16ExchangeTest {
  private static final int SEQUENCES = 6;
  private static final int LENGTH = 7;
  private static final int EMBED = 8;
  private static final int MLP = 12;
  private static final int EXPERTS = 4;

  /** Rows of the output and of the input's gradient, in the order of the tokens. */
  private record Outcome(double[] output, double[] gradient) {}

  private final Set<ScalarType> sent = ConcurrentHashMap.newKeySet();

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void outputsAndGradientsOfSeveralRanksEqualOneRanksBits(int ranks) throws Exception {
    Outcome alone = run(1);
    Outcome spread = run(ranks);
    assertThat(spread.output).isEqualTo(alone.output);
    assertThat(spread.gradient).isEqualTo(alone.gradient);
    assertThat(Doubles.largest(alone.gradient)).isPositive();
    assertThat(sent).containsExactly(ScalarType.BFloat16);
  }

  private Outcome run(int ranks) throws Exception {
    List<LocalExchange> ends = LocalExchange.group(ranks, Duration.ofSeconds(20));
    ExecutorService threads = Executors.newFixedThreadPool(ranks);
    try {
      List<Future<Outcome>> futures = new ArrayList<>();
      for (Exchange exchange : ends) {
        futures.add(threads.submit(() -> rank(exchange)));
      }
      double[] output = {};
      double[] gradient = {};
      for (Future<Outcome> future : futures) {
        Outcome part = future.get(30, TimeUnit.SECONDS);
        output = joined(output, part.output);
        gradient = joined(gradient, part.gradient);
      }
      return new Outcome(output, gradient);
    } finally {
      threads.shutdownNow();
    }
  }

  private Outcome rank(Exchange exchange) {
    int own = SEQUENCES / exchange.size();
    int first = exchange.rank() * own;
    long from = (long) first * LENGTH;
    long tokens = (long) own * LENGTH;
    try (PointerScope scope = new PointerScope()) {
      Tape tape = Tape.recording();
      RoutingRule rule =
          new RoutingRule(
              Selection.topK(2),
              Capacity.factor(0.75),
              Exploration.argmax(),
              RouterLossFactors.paper(0.1));
      Tag position = new Tag(0, 0, 0, 0, Direction.CONTROL);
      Draws draws = new Draws(new Noise(1, 2), 0, 0.2);
      Pass pass = new Pass(tape, exchange, position, rule, draws, new Rows());
      boolean[] real = new boolean[(int) tokens];
      Arrays.fill(real, true);
      TokenGroups groups = new TokenGroups(own, LENGTH, 1, real, first, (long) SEQUENCES * LENGTH);
      Tensor h =
          Doubles.normal(1, (long) SEQUENCES * LENGTH, EMBED)
              .narrow(0, from, tokens)
              .to(ScalarType.BFloat16);
      h.set_requires_grad(true);
      Tensor y = layer(exchange).apply(h, pass, groups, new RouterLosses(pass, groups, true));
      Tensor gradient =
          Doubles.normal(2, (long) SEQUENCES * LENGTH, EMBED)
              .narrow(0, from, tokens)
              .to(ScalarType.BFloat16);
      tape.seed(y, gradient);
      tape.backward();
      assertThat(h.grad().scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
      return new Outcome(Doubles.of(y), Doubles.of(h.grad()));
    } finally {
      exchange.close();
    }
  }

  private final class Rows extends Observations {
    @Override
    public void sent(String place, Tensor rows) {
      sent.add(rows.scalar_type().intern());
    }
  }

  private static SwitchLayer layer(Exchange exchange) {
    ExpertPlacement placement = new ExpertPlacement(EXPERTS, exchange.size());
    List<Expert> experts = new ArrayList<>();
    for (int e = placement.first(exchange.rank()); e < placement.first(exchange.rank() + 1); e++) {
      Tensor input = Doubles.normal(10L + e, MLP, EMBED).to(ScalarType.Float);
      Tensor output = Doubles.normal(20L + e, EMBED, MLP).to(ScalarType.Float);
      experts.add(new FeedForward(input, null, output)::section);
    }
    Tensor weight = Doubles.normal(3, EXPERTS, EMBED).to(ScalarType.Float);
    return new SwitchLayer(new Router("r", 1, weight, ScalarType.Float), experts, EMBED);
  }

  private static double[] joined(double[] a, double[] b) {
    double[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }
}
