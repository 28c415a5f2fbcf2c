package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.layer.FeedForward;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Noise;
import io.sparkswitch.model.tensor.Saved;
import io.sparkswitch.model.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dropout inside experts (paper section 2.4), and nowhere else in the layer. */
class ExpertDropoutTest {
  private static final int TOKENS = 60;
  private static final int EMBED = 4;
  private static final int MLP = 200;
  private static final int EXPERTS = 3;
  private static final double RATE = 0.4;

  private PointerScope scope;
  private LocalExchange exchange;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    exchange = LocalExchange.group(1).get(0);
  }

  @AfterEach
  void close() {
    exchange.close();
    scope.close();
  }

  @Test
  void itErasesItsShareOfTheHiddenLayerAndScalesTheRest() {
    double dropped = 0;
    double all = 0;
    for (List<double[]> rows : factors(RATE, 1).values()) {
      for (double[] row : rows) {
        assertThat(row).hasSize(MLP);
        for (double factor : row) {
          assertThat(factor == 0 || Math.abs(factor - 1 / (1 - RATE)) < 1e-6).isTrue();
          dropped += factor == 0 ? 1 : 0;
          all++;
        }
      }
    }
    assertThat(all).isEqualTo(2 * TOKENS * MLP);
    assertThat(dropped / all).isCloseTo(RATE, within(4 * Math.sqrt(RATE * (1 - RATE) / all)));
  }

  @Test
  void theTwoExpertsOfATokenDrawDifferently() {
    Map<Integer, List<double[]>> factors = factors(RATE, 1);
    assertThat(factors).hasSize(TOKENS);
    List<double[]> seen = new ArrayList<>();
    for (List<double[]> rows : factors.values()) {
      assertThat(rows).hasSize(2);
      seen.addAll(rows);
    }
    assertThat(seen.stream().map(Arrays::toString).distinct()).hasSize(2 * TOKENS);
  }

  @Test
  void theSameStepDrawsAlikeAndTheNextAnew() {
    double[] once = factors(RATE, 1).get(7).get(0);
    assertThat(factors(RATE, 1).get(7).get(0)).isEqualTo(once);
    assertThat(factors(RATE, 2).get(7).get(0)).isNotEqualTo(once);
  }

  @Test
  void withoutARateHiddenLayersStayAsTheyAre() {
    for (List<double[]> rows : factors(0, 1).values()) {
      rows.forEach(row -> assertThat(row).containsOnly(1));
    }
  }

  @Test
  void aFeedForwardAppliesItBetweenItsTwoMatricesAndALinearExpertNowhere() {
    Tensor x = Doubles.normal(1, 5, EMBED);
    Tensor in = Doubles.normal(2, MLP, EMBED);
    Tensor out = Doubles.normal(3, EMBED, MLP);
    Tensor gate = Doubles.normal(4, MLP, EMBED);
    for (FeedForward expert :
        List.of(new FeedForward(in, null, out), new FeedForward(in, gate, out))) {
      List<Long> widths = new ArrayList<>();
      UnaryOperator<Tensor> erase =
          hidden -> {
            widths.add(hidden.size(1));
            return hidden.mul(Doubles.tensor(new double[] {0}, 1));
          };
      Tensor erased = expert.section(erase).forward(x, Saved.nothing());
      assertThat(widths).containsExactly((long) MLP);
      assertThat(Doubles.of(erased)).containsOnly(0);
    }
    Expert linear = Expert.linear(Doubles.normal(5, EMBED, EMBED));
    UnaryOperator<Tensor> never =
        hidden -> {
          throw new AssertionError("a linear expert has no hidden layer");
        };
    assertThat(linear.section(never).forward(x, Saved.nothing()).size(0)).isEqualTo(5);
  }

  /** What hidden layers of ones become, by token, for each of its experts. */
  private Map<Integer, List<double[]>> factors(double rate, long step) {
    List<double[]> rows = new ArrayList<>();
    List<Expert> experts = new ArrayList<>();
    for (int e = 0; e < EXPERTS; e++) {
      experts.add(
          dropout ->
              new Echo(
                  own -> {
                    double[] ones = new double[Math.toIntExact(own.size(0)) * MLP];
                    Arrays.fill(ones, 1);
                    Tensor hidden = Doubles.tensor(ones, own.size(0), MLP);
                    double[] all =
                        Doubles.of(dropout == null ? hidden : hidden.mul(dropout.apply(hidden)));
                    for (int row = 0; row < own.size(0); row++) {
                      rows.add(Arrays.copyOfRange(all, row * MLP, (row + 1) * MLP));
                    }
                    return own.clone();
                  }));
    }
    RoutingRule rule =
        new RoutingRule(
            Selection.topK(2), Capacity.dropless(), Exploration.argmax(), RouterLossFactors.none());
    Seen seen = new Seen();
    Pass pass =
        new Pass(
            Tape.inference(),
            exchange,
            new Tag(0, step, 0, 0, Direction.CONTROL),
            rule,
            new Draws(new Noise(3, step), 0, rate),
            seen);
    boolean[] real = new boolean[TOKENS];
    Arrays.fill(real, true);
    TokenGroups groups = new TokenGroups(6, 10, 2, real, 0, TOKENS);
    Router router = new Router("r", 1, Doubles.normal(8, EXPERTS, EMBED), ScalarType.Double);
    new SwitchLayer(router, experts, EMBED)
        .apply(
            Doubles.normal(9, TOKENS, EMBED), pass, groups, new RouterLosses(pass, groups, true));
    Map<Integer, List<double[]>> byToken = new HashMap<>();
    for (int row = 0; row < rows.size(); row++) {
      byToken.computeIfAbsent(seen.tokens[row], t -> new ArrayList<>()).add(rows.get(row));
    }
    return byToken;
  }

  private static final class Seen extends Observations {
    int[] tokens;

    @Override
    public void routed(Routing decision) {
      tokens = decision.tokens();
    }
  }
}
