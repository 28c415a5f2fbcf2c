package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GreedyGenerationTest {
  private static final int SENTENCES = 8;
  private static final int MOST = 9;

  /** Few ids are allowed, so that the end of a sentence and a forbidden id both come up. */
  private static final int ALLOWED = 6;

  private PointerScope scope;
  private LocalExchange exchange;
  private T5Model model;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    exchange = LocalExchange.group(1).get(0);
    SwitchConfig sparse = TinyModel.sparse(4, 1.0, 0, 0, 1);
    T5Config config =
        TinyModel.config(TinyModel.conventions(T5Config.FeedForwardKind.GATED_GELU), sparse);
    model = TinyModel.model(config, Precision.FLOAT64, 0, 1);
  }

  @AfterEach
  void close() {
    model.close();
    exchange.close();
    scope.close();
  }

  @Test
  void aSentenceAloneEqualsTheArgmaxOfTeacherForcedScoresAmongOthers() {
    int[][] sentences = new int[SENTENCES][];
    for (int s = 0; s < SENTENCES; s++) {
      sentences[s] = generate(s, ALLOWED, MOST);
    }
    double[] scores = teacherForced(sentences);
    int forbidden = 0;
    int ended = 0;
    for (int s = 0; s < SENTENCES; s++) {
      for (int t = 0; t <= sentences[s].length && t < MOST; t++) {
        int row = (s * MOST + t) * TinyModel.VOCAB;
        int expected = t < sentences[s].length ? sentences[s][t] : 1;
        assertThat(best(scores, row, ALLOWED)).isEqualTo(expected);
        forbidden += best(scores, row, TinyModel.VOCAB) >= ALLOWED ? 1 : 0;
      }
      ended += sentences[s].length < MOST ? 1 : 0;
      assertThat(Arrays.stream(sentences[s])).allMatch(id -> id != 1 && id < ALLOWED);
    }
    assertThat(forbidden).as("ids that only the vocabulary's size forbids").isPositive();
    assertThat(ended).as("sentences that stop at their end").isPositive();
    assertThat(ended).as("the others stop at maxTokens").isLessThan(SENTENCES);
  }

  @Test
  void generationIsDeterministic() {
    for (int s = 0; s < 2; s++) {
      assertThat(generate(s, TinyModel.VOCAB, MOST)).isEqualTo(generate(s, TinyModel.VOCAB, MOST));
    }
  }

  @Test
  void fewerTokensAreThePrefixOfMore() {
    for (int s = 0; s < 3; s++) {
      int[] whole = generate(s, ALLOWED, MOST);
      int[] start = generate(s, ALLOWED, 3);
      assertThat(start).isEqualTo(Arrays.copyOf(whole, Math.min(3, whole.length)));
      assertThat(generate(s, ALLOWED, 0)).isEmpty();
    }
  }

  private int[] generate(int sentence, int vocabularySize, int most) {
    return new GreedyGeneration(model, exchange, vocabularySize).generate(source(sentence), most);
  }

  private static int[] source(int sentence) {
    SplittableRandom random = new SplittableRandom(100L + sentence);
    return random.ints(random.nextInt(3, 9), 1, TinyModel.VOCAB).toArray();
  }

  /** {@code [sentences × MOST, vocab]}: all sentences in one padded batch, dropless. */
  private double[] teacherForced(int[][] sentences) {
    int[] sources = new int[SENTENCES * 8];
    int[] inputs = new int[SENTENCES * MOST];
    int[] targets = new int[SENTENCES * MOST];
    float[] weights = new float[SENTENCES * MOST];
    for (int s = 0; s < SENTENCES; s++) {
      int[] source = source(s);
      System.arraycopy(source, 0, sources, s * 8, source.length);
      for (int t = 0; t <= sentences[s].length && t < MOST; t++) {
        inputs[s * MOST + t] = t == 0 ? 0 : sentences[s][t - 1];
        targets[s * MOST + t] = t < sentences[s].length ? sentences[s][t] : 1;
        weights[s * MOST + t] = 1;
      }
    }
    Batch batch =
        new Batch(
            SENTENCES,
            8,
            MOST,
            sources,
            inputs,
            targets,
            weights,
            new long[SENTENCES],
            new int[SENTENCES]);
    return Doubles.of(
        model.forward(
            Inputs.of(batch, 0, SENTENCES, Grouping.of(0)),
            TinyModel.pass(RoutingRule.dropless(), 0, Tape.inference(), exchange, 0)));
  }

  private static int best(double[] scores, int row, int size) {
    int best = 0;
    for (int id = 1; id < size; id++) {
      best = scores[row + id] > scores[row + best] ? id : best;
    }
    return best;
  }
}
