package io.sparkswitch.model.moe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.exchange.Tag;
import io.sparkswitch.model.layer.AttentionMask;
import io.sparkswitch.model.tensor.Doubles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The paper's appendix A in plain loops: one set of weights for queries, one for keys = values. */
class SwitchAttentionTest {
  private static final int SEQUENCES = 4;
  private static final int LENGTH = 6;
  private static final int TOKENS = SEQUENCES * LENGTH;
  private static final int EMBED = 5;
  private static final int HEADS = 2;
  private static final int HEAD_DIM = 3;
  private static final int INNER = HEADS * HEAD_DIM;
  private static final int EXPERTS = 3;

  /** Router and linear experts of one Switch layer. */
  private record Weights(double[] router, double[][] experts) {
    static Weights draw(long seed) {
      double[][] experts = new double[EXPERTS][];
      for (int e = 0; e < EXPERTS; e++) {
        experts[e] = Doubles.draws(seed + 1 + e, INNER * EMBED);
      }
      return new Weights(Doubles.draws(seed, EXPERTS * EMBED), experts);
    }

    SwitchLayer layer(String name, int index) {
      List<Expert> local = new ArrayList<>();
      for (double[] expert : experts) {
        local.add(Expert.linear(Doubles.tensor(expert, INNER, EMBED)));
      }
      Router r = new Router(name, index, Doubles.tensor(router, EXPERTS, EMBED), ScalarType.Double);
      return new SwitchLayer(r, local, INNER);
    }
  }

  private final double[] h = Doubles.draws(1, TOKENS * EMBED);
  private final double[] bias = Doubles.draws(2, HEADS * LENGTH * LENGTH);
  private final double[] output = Doubles.draws(3, EMBED * INNER);
  private final Weights query = Weights.draw(10);
  private final Weights keyValue = Weights.draw(20);
  private final boolean[] real = new boolean[TOKENS];

  private PointerScope scope;
  private LocalExchange exchange;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    exchange = LocalExchange.group(1).get(0);
    SplittableRandom random = new SplittableRandom(9);
    for (int t = 0; t < TOKENS; t++) {
      real[t] = random.nextInt(6) > 0;
    }
  }

  @AfterEach
  void close() {
    exchange.close();
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1", "1.0, 2", "1.25, 4", "Infinity, 1"})
  void outputEqualsANaiveLoopOverTokensHeadsAndKeys(double factor, int group) {
    double[] actual = apply(factor, group);
    assertThat(Doubles.distance(actual, naive(factor, group))).isLessThan(1e-12);
    assertThat(Doubles.largest(actual)).isGreaterThan(0.1);
  }

  @Test
  void queriesAndKeysOverflowEachByTheirOwnRouter() {
    double[] queries = naive(query, 0.5, 1);
    double[] keys = naive(keyValue, 0.5, 1);
    long onlyOne = 0;
    for (int t = 0; t < TOKENS; t++) {
      boolean asks = Doubles.largest(row(queries, t, INNER)) > 0;
      boolean answers = Doubles.largest(row(keys, t, INNER)) > 0;
      onlyOne += asks != answers ? 1 : 0;
    }
    assertThat(onlyOne).isPositive();
  }

  private double[] apply(double factor, int group) {
    RoutingRule rule = RoutingRule.top1(Capacity.factor(factor));
    Pass pass = Pass.inference(exchange, new Tag(0, 0, 0, 0, Direction.CONTROL), rule);
    TokenGroups groups = new TokenGroups(SEQUENCES, LENGTH, group, real, 0, TOKENS);
    SwitchAttention attention =
        new SwitchAttention(
            query.layer("query", 1),
            keyValue.layer("key-value", 2),
            Doubles.tensor(output, EMBED, INNER),
            HEADS);
    return Doubles.of(
        attention.apply(
            Doubles.tensor(h, TOKENS, EMBED),
            new AttentionMask(Doubles.tensor(bias, 1, HEADS, LENGTH, LENGTH), null),
            pass,
            groups,
            new RouterLosses(pass, groups, true),
            null));
  }

  private double[] naive(double factor, int group) {
    double[] queries = naive(query, factor, group);
    double[] keyValues = naive(keyValue, factor, group);
    double[] result = new double[TOKENS * EMBED];
    for (int t = 0; t < TOKENS; t++) {
      double[] joined = new double[INNER];
      for (int head = 0; head < HEADS; head++) {
        attend(queries, keyValues, t, head, joined);
      }
      System.arraycopy(product(output, joined), 0, result, t * EMBED, EMBED);
    }
    return result;
  }

  /** Of one query and one head; scores are not scaled. */
  private void attend(double[] queries, double[] keyValues, int t, int head, double[] joined) {
    int first = t / LENGTH * LENGTH;
    double[] weights = new double[LENGTH];
    double sum = 0;
    for (int key = 0; key < LENGTH; key++) {
      double score = bias[(head * LENGTH + t % LENGTH) * LENGTH + key];
      for (int d = head * HEAD_DIM; d < (head + 1) * HEAD_DIM; d++) {
        score += queries[t * INNER + d] * keyValues[(first + key) * INNER + d];
      }
      weights[key] = Math.exp(score);
      sum += weights[key];
    }
    for (int key = 0; key < LENGTH; key++) {
      for (int d = head * HEAD_DIM; d < (head + 1) * HEAD_DIM; d++) {
        joined[d] += weights[key] / sum * keyValues[(first + key) * INNER + d];
      }
    }
  }

  /** p(x) · W x by the most probable expert; zero where it is full or the token is padding. */
  private double[] naive(Weights weights, double factor, int group) {
    double[] y = new double[TOKENS * INNER];
    for (int first = 0; first < TOKENS; first += group * LENGTH) {
      int last = Math.min(TOKENS, first + group * LENGTH);
      int tokens = 0;
      for (int t = first; t < last; t++) {
        tokens += real[t] ? 1 : 0;
      }
      double capacity = Math.ceil(tokens * factor / EXPERTS); // the factors are binary fractions
      int[] taken = new int[EXPERTS];
      for (int t = first; t < last; t++) {
        double[] x = row(h, t, EMBED);
        double[] logits = product(weights.router, x);
        int expert = 0;
        for (int e = 1; e < EXPERTS; e++) {
          expert = logits[e] > logits[expert] ? e : expert;
        }
        if (real[t] && taken[expert]++ < capacity) {
          double p = Math.exp(logits[expert]) / Arrays.stream(logits).map(Math::exp).sum();
          double[] result = product(weights.experts[expert], x);
          for (int d = 0; d < INNER; d++) {
            y[t * INNER + d] = p * result[d];
          }
        }
      }
    }
    return y;
  }

  private static double[] row(double[] rows, int t, int width) {
    return Arrays.copyOfRange(rows, t * width, (t + 1) * width);
  }

  private static double[] product(double[] matrix, double[] vector) {
    double[] product = new double[matrix.length / vector.length];
    for (int r = 0; r < product.length; r++) {
      for (int c = 0; c < vector.length; c++) {
        product[r] += matrix[r * vector.length + c] * vector[c];
      }
    }
    return product;
  }
}
