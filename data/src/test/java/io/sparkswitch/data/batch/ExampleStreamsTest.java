package io.sparkswitch.data.batch;

import static io.sparkswitch.data.batch.Facts.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkswitch.data.batch.example.Example;
import io.sparkswitch.data.batch.example.ExampleShape;
import io.sparkswitch.data.batch.example.ExampleSource;
import io.sparkswitch.data.batch.example.Filling;
import io.sparkswitch.data.batch.mixture.Mixture;
import io.sparkswitch.data.source.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExampleStreamsTest {
  private static final JsonNode FACTS = Facts.of("seqio.json");

  @Test
  void examplesAreTrimmedAndPaddedAsInSeqio() {
    int compared = 0;
    for (JsonNode facts : FACTS.get("trim_and_pad")) {
      int length = facts.get("lengths").get("inputs").asInt();
      List<Example> examples = new ArrayList<>();
      facts.get("in").forEach(in -> examples.add(new Example(ints(in), ints(in))));
      ExampleShape shape = new ExampleShape(length, length, Filling.PADDED);
      Batch batch = ExampleStreams.validation(source(examples), shape, 2).batch(0);

      assertThat(batch.sequences()).isEqualTo(2);
      for (int i = 0; i < 2; i++) {
        Batch one = batch.slice(i, i + 1);
        int[] expected = ints(facts.get("out").get(i));
        assertThat(one.encoderInputTokens()).isEqualTo(expected);
        assertThat(one.decoderTargetTokens()).isEqualTo(expected);
        assertWeightsAreThoseOfTargets(one);
        assertThat(one.packing()).isEmpty();
        compared++;
      }
    }
    assertThat(compared).isEqualTo(2);
  }

  @Test
  void examplesArePackedAsInSeqio() {
    int compared = 0;
    for (JsonNode facts : FACTS.get("pack")) {
      List<Example> examples = new ArrayList<>();
      facts
          .get("in")
          .forEach(
              in -> examples.add(new Example(ints(in.get("inputs")), ints(in.get("targets")))));
      JsonNode lengths = facts.get("lengths");
      ExampleShape shape =
          new ExampleShape(
              lengths.get("inputs").asInt(), lengths.get("targets").asInt(), Filling.PACKED);
      BatchStream stream = ExampleStreams.validation(source(examples), shape, 1);

      assertThat(stream.batches()).isEqualTo(facts.get("out").size());
      for (int i = 0; i < stream.batches(); i++) {
        Batch batch = stream.batch(i);
        Packing packing = batch.packing().orElseThrow();
        Map<String, int[]> made =
            Map.of(
                "inputs", batch.encoderInputTokens(),
                "inputs_segment_ids", packing.encoderSegments(),
                "inputs_positions", packing.encoderPositions(),
                "targets", batch.decoderTargetTokens(),
                "targets_segment_ids", packing.decoderSegments(),
                "targets_positions", packing.decoderPositions());
        for (var expected : facts.get("out").get(i).properties()) {
          assertThat(made.get(expected.getKey()))
              .as(expected.getKey())
              .isEqualTo(ints(expected.getValue()));
          compared++;
        }
        assertWeightsAreThoseOfTargets(batch);
        assertThat(batch.decoderInputTokens())
            .isEqualTo(DecoderInputs.of(batch.decoderTargetTokens(), packing.decoderSegments()));
      }
    }
    assertThat(compared).isEqualTo(6 + 6 + 2 + 3);
  }

  @Test
  void decoderInputsAreTheAutoregressiveOnesOfSeqio() {
    int compared = 0;
    for (JsonNode facts : FACTS.get("autoregressive_inputs")) {
      if (facts.has("bos")) {
        continue; // T5's decoder starts from padding
      }
      int[] targets = ints(facts.get("targets"));
      int[] inputs =
          facts.has("segment_ids")
              ? DecoderInputs.of(targets, ints(facts.get("segment_ids")))
              : DecoderInputs.of(targets);
      assertThat(inputs).isEqualTo(ints(facts.get("out")));
      compared++;
    }
    assertThat(compared).isEqualTo(3);
  }

  @Test
  void everyEpochHoldsEveryExampleOnceInAnotherOrder() {
    ExampleShape shape = new ExampleShape(8, 8, Filling.PADDED);
    BatchStream stream = ExampleStreams.training(numbers(10_000), shape, 100, 4);
    List<List<Integer>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Integer> seen = new ArrayList<>();
      for (int step = 0; step < 100; step++) {
        Batch batch = stream.batch(epoch * 100L + step);
        for (int i = 0; i < 100; i++) {
          seen.add(batch.encoderInputTokens()[i * 8] - 1);
          assertThat(batch.segmentIds()[i]).isEqualTo(batch.encoderInputTokens()[i * 8] - 1);
          assertThat(batch.epochs()[i]).isEqualTo(epoch);
        }
      }
      assertThat(seen).hasSize(10_000).doesNotHaveDuplicates();
      epochs.add(seen);
    }
    assertThat(epochs.get(0))
        .isNotEqualTo(epochs.get(1))
        .isNotEqualTo(IntStream.range(0, 10_000).boxed().toList());
    assertThat(stream.usage(150).get(0).epochs()).isEqualTo(1.5);
  }

  @Test
  void packedSequencesHoldEveryExampleOnceAnEpochAndNoneIsCut() {
    ExampleShape shape = new ExampleShape(20, 30, Filling.PACKED);
    BatchStream stream = ExampleStreams.training(numbers(1000), shape, 5, 4);
    long rows = stream.usage(0).get(0).segments();
    Set<Integer> seen = new HashSet<>();
    int cut = 0;
    for (int n = 0; n < rows; n++) {
      Batch one = stream.batch(n / 5).slice(n % 5, n % 5 + 1);
      Packing packing = one.packing().orElseThrow();
      for (int i = 0; i < 20; i++) {
        if (packing.encoderPositions()[i] == 0 && packing.encoderSegments()[i] > 0) {
          int number = one.encoderInputTokens()[i] - 1;
          assertThat(seen.add(number)).isTrue();
          int from = i;
          int length = 1 + number % 3;
          cut +=
              IntStream.range(from, from + length)
                      .allMatch(at -> one.encoderInputTokens()[at] == number + 1)
                  ? 0
                  : 1;
        }
      }
    }
    assertThat(seen).hasSize(1000);
    assertThat(cut).isZero();
    // The mean example has 2 inputs and 3 targets, so that 10 fit.
    assertThat(rows).isBetween(95L, 120L);
  }

  @Test
  void sourcesAreMixedAsTheMixtureSaysAndSeekable() {
    Map<String, ExampleSource> sources = Map.of("a", numbers(30), "b", numbers(500));
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "b", 3.0)).inBlocksOf(40);
    ExampleShape shape = new ExampleShape(8, 8, Filling.PADDED);
    BatchStream stream = ExampleStreams.training(sources, mixture, shape, 20, 4);
    List<Batch> batches = IntStream.range(0, 40).mapToObj(stream::batch).toList();

    long ofA =
        batches.stream()
            .flatMapToLong(b -> Arrays.stream(b.segmentIds()))
            .filter(i -> i < 30)
            .count();
    assertThat(ofA).isEqualTo(200).isEqualTo(stream.usage(40).get(0).sequences());
    BatchStream other = ExampleStreams.training(sources, mixture, shape, 20, 4);
    for (int step = 39; step >= 0; step--) {
      assertThat(other.batch(step)).usingRecursiveComparison().isEqualTo(batches.get(step));
    }
  }

  @Test
  void whatIsNoExampleIsRefusedWithTheRemedy() {
    assertThatThrownBy(() -> new Example(new int[0], new int[] {1}))
        .hasMessage("an example without inputs: leave it out of its source");
    assertThatThrownBy(() -> new Example(new int[] {1}, new int[] {3, 0}))
        .hasMessageContaining("token 0 in the targets");
    ExampleShape shape = new ExampleShape(8, 8, Filling.PADDED);
    assertThatThrownBy(() -> new ExampleShape(0, 8, Filling.PADDED))
        .hasMessageContaining("0 inputs and 8 targets");
    assertThatThrownBy(() -> ExampleStreams.validation(numbers(0), shape, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no examples");
    assertThatThrownBy(() -> ExampleStreams.training(numbers(3), shape, 4, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("3 sequences of examples do not fill one batch of 4");
    Mixture mixture = Mixture.ofWeights(Map.of("a", 1.0, "c", 3.0));
    assertThatThrownBy(() -> ExampleStreams.training(Map.of("a", numbers(9)), mixture, shape, 2, 4))
        .hasMessage("the mixture names c, the sources are a: add it or leave it out");
  }

  private static void assertWeightsAreThoseOfTargets(Batch batch) {
    for (int i = 0; i < batch.decoderTargetTokens().length; i++) {
      assertThat(batch.decoderLossWeights()[i])
          .isEqualTo(batch.decoderTargetTokens()[i] > 0 ? 1f : 0f);
    }
  }

  /** Example i is i + 1, one to three times, and two to four targets. */
  private static ExampleSource numbers(int count) {
    List<Example> examples =
        IntStream.range(0, count)
            .mapToObj(
                i -> {
                  int[] inputs = new int[1 + i % 3];
                  Arrays.fill(inputs, i + 1);
                  int[] targets = new int[2 + i % 3];
                  Arrays.fill(targets, i + 1);
                  return new Example(inputs, targets);
                })
            .toList();
    return source(examples);
  }

  private static ExampleSource source(List<Example> examples) {
    return new ExampleSource() {
      @Override
      public long count() {
        return examples.size();
      }

      @Override
      public Example at(long index) {
        return examples.get(Math.toIntExact(index));
      }
    };
  }
}
