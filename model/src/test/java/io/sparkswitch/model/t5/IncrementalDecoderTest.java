package io.sparkswitch.model.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.batch.Batch;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.moe.Capacity;
import io.sparkswitch.model.moe.Exploration;
import io.sparkswitch.model.moe.Pass;
import io.sparkswitch.model.moe.RouterLossFactors;
import io.sparkswitch.model.moe.RoutingRule;
import io.sparkswitch.model.moe.Selection;
import io.sparkswitch.model.t5.IncrementalDecoder.Room;
import io.sparkswitch.model.t5.T5Config.FeedForwardKind;
import io.sparkswitch.model.tensor.Doubles;
import io.sparkswitch.model.tensor.Tape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IncrementalDecoderTest {
  private static final double EXACT = 1e-10;
  private static final int BEAMS = 2;
  private static final int MOST = 25; // beyond the last bucket of relative positions
  private static final int[][] SOURCES = {{5, 9, 3, 17, 2, 8, 1}, {4, 1}, {30, 31, 6, 1}};

  private PointerScope scope;
  private NoGradGuard guard;
  private LocalExchange exchange;

  @BeforeEach
  void open() {
    scope = new PointerScope();
    guard = new NoGradGuard();
    exchange = LocalExchange.group(1).get(0);
  }

  @AfterEach
  void close() {
    exchange.close();
    guard.close();
    scope.close();
  }

  /** What a row has seen. */
  private record Row(int source, int[] tokens) {
    Row then(int token) {
      int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
      longer[tokens.length] = token;
      return new Row(source, longer);
    }
  }

  static List<T5Config> everyKindOfModel() {
    SwitchConfig top2 =
        sparse(ExpertSites.FEED_FORWARD, new Selection(Selection.Kind.TOP_K, 2, true));
    return List.of(
        TinyModel.config(TinyModel.QUIET, null),
        TinyModel.config(TinyModel.conventions(FeedForwardKind.GATED_GELU), null),
        TinyModel.config(TinyModel.QUIET, TinyModel.sparse(4, 1.0, 0, 0, 1)),
        TinyModel.config(TinyModel.QUIET, top2),
        TinyModel.config(TinyModel.QUIET, sparse(ExpertSites.ATTENTION, Selection.topK(1))),
        TinyModel.config(
            TinyModel.conventions(FeedForwardKind.GATED_GELU),
            sparse(ExpertSites.BOTH, Selection.noTokenLeftBehind(2))));
  }

  private static SwitchConfig sparse(ExpertSites sites, Selection selection) {
    RoutingRule rule =
        new RoutingRule(
            selection, Capacity.factor(1), Exploration.jitter(0.1), RouterLossFactors.paper(0.01));
    return new SwitchConfig(4, SparseBlocks.every(2, 2, 2), sites, rule, Grouping.of(1));
  }

  @ParameterizedTest
  @MethodSource("everyKindOfModel")
  void everyStepsScoresEqualTeacherForcedOnesWhateverRowsAreChosenBetween(T5Config config) {
    SplittableRandom random = new SplittableRandom(7);
    try (T5Model model = TinyModel.model(config, Precision.FLOAT64, 0, 1);
        IncrementalDecoder decoder = decoder(model)) {
      List<Row> rows = rows();
      for (int position = 0; position < MOST; position++) {
        if (position == 3 || position == 7) {
          // One sequence leaves, another's beams change places, the last goes on twice with one.
          int[] chosen = position == 3 ? new int[] {1, 0, 4, 4} : new int[] {3, 2};
          decoder.select(chosen);
          rows = Arrays.stream(chosen).mapToObj(rows::get).toList();
        }
        List<Row> longer = new ArrayList<>();
        for (Row row : rows) {
          longer.add(row.then(position == 0 ? 0 : random.nextInt(TinyModel.VOCAB)));
        }
        rows = longer;
        int[] last = rows.stream().mapToInt(row -> row.tokens[row.tokens.length - 1]).toArray();
        double[] scores = Doubles.of(decoder.logits(last));
        assertThat(Doubles.distance(scores, teacherForced(model, rows)))
            .as("position %d", position)
            .isLessThan(EXACT);
      }
    }
  }

  @Test
  void scoresDependOnMoreThanTheLastToken() {
    try (T5Model model = TinyModel.model(everyKindOfModel().get(2), Precision.FLOAT64, 0, 1)) {
      double[] one = afterwards(model, 3);
      double[] other = afterwards(model, 4);
      assertThat(Doubles.distance(one, other)).isGreaterThan(1e-3);
    }
  }

  private double[] afterwards(T5Model model, int second) {
    try (IncrementalDecoder decoder = decoder(model)) {
      for (int token : new int[] {0, second, 9}) {
        int[] all = new int[decoder.rows()];
        Arrays.fill(all, token);
        Tensor scores = decoder.logits(all);
        if (token == 9) {
          return Doubles.of(scores);
        }
      }
    }
    throw new IllegalStateException("9 comes last");
  }

  @Test
  void lowPrecisionsRunTheSameSteps() {
    for (Precision precision : List.of(Precision.BFLOAT16, Precision.SELECTIVE)) {
      T5Config config = everyKindOfModel().get(5);
      try (T5Model model = TinyModel.model(config, precision, 0, 1);
          IncrementalDecoder decoder = decoder(model)) {
        double[] scores = Doubles.of(decoder.logits(new int[decoder.rows()]));
        double[] expected = teacherForced(model, rows().stream().map(row -> row.then(0)).toList());
        assertThat(Doubles.distance(scores, expected)).isLessThan(0.1);
      }
    }
  }

  @Test
  void rowsThatDoNotBelongTogetherAreRefused() {
    try (T5Model model = TinyModel.model(everyKindOfModel().get(0), Precision.FLOAT64, 0, 1);
        IncrementalDecoder decoder = decoder(model)) {
      for (int[] chosen : new int[][] {{0}, {0, 2}, {0, 1, 1, 0}, {1, 2, 3, 4}}) {
        assertThatThrownBy(() -> decoder.select(chosen))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("are not 2 of each of some sequences");
      }
      assertThatThrownBy(() -> decoder.logits(new int[2])).hasMessage("2 tokens for 6 rows");
    }
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < SOURCES.length * BEAMS; i++) {
      rows.add(new Row(i / BEAMS, new int[0]));
    }
    return rows;
  }

  private IncrementalDecoder decoder(T5Model model) {
    Inputs inputs = inputs(SOURCES, new int[SOURCES.length][1]);
    return new IncrementalDecoder(
        model, model.encode(inputs, pass(model)), exchange, new Room(BEAMS, MOST));
  }

  private Pass pass(T5Model model) {
    RoutingRule rule = model.config().training().inference(Capacity.dropless());
    return TinyModel.pass(rule, 0, Tape.inference(), exchange, 0);
  }

  /** {@code [rows, vocab]}: scores at the last position of a forward pass over all. */
  private double[] teacherForced(T5Model model, List<Row> rows) {
    int[][] sources = rows.stream().map(row -> SOURCES[row.source]).toArray(int[][]::new);
    int[][] tokens = rows.stream().map(Row::tokens).toArray(int[][]::new);
    Tensor all = model.forward(inputs(sources, tokens), pass(model)); // [rows × length, vocab]
    Tensor last = all.view(rows.size(), -1, TinyModel.VOCAB).select(1, tokens[0].length - 1);
    return Doubles.of(last);
  }

  private static Inputs inputs(int[][] sources, int[][] decoderTokens) {
    int n = sources.length;
    int longest = Arrays.stream(SOURCES).mapToInt(source -> source.length).max().orElseThrow();
    int length = decoderTokens[0].length;
    int[] padded = new int[n * longest];
    int[] inputs = new int[n * length];
    float[] weights = new float[n * length];
    Arrays.fill(weights, 1);
    for (int i = 0; i < n; i++) {
      System.arraycopy(sources[i], 0, padded, i * longest, sources[i].length);
      System.arraycopy(decoderTokens[i], 0, inputs, i * length, length);
    }
    Batch batch =
        new Batch(n, longest, length, padded, inputs, inputs, weights, new long[n], new int[n]);
    return Inputs.of(batch, 0, n, Grouping.of(1));
  }
}
