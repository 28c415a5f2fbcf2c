package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparkswitch.data.batch.example.ExampleFolder;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.Evaluation;
import io.sparkswitch.jobs.loop.ExampleData;
import io.sparkswitch.model.checkpoint.CheckpointFolder;
import io.sparkswitch.model.t5.T5Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pretrained model that is trained further on supervised examples. */
class FinetuneTest {
  private static final int PARENT_STEPS = 2;
  private static final int EXAMPLES = 40;
  private static final List<String> WORDS = List.of("one", "two", "three", "four", "five", "six");
  private static final String TEXT =
      "one two three four five six seven eight nine ten the answer of and is or but never";
  private static final Configuration HADOOP = new Configuration();

  @TempDir private static Path folder;
  private static ExampleFolder examples;
  private static TrainedRun parent;

  @BeforeAll
  static void pretrain() throws Exception {
    String lines =
        IntStream.range(0, EXAMPLES)
            .mapToObj(
                i -> "{\"inputs\": \"%s %s\", \"targets\": \"%s\"}".formatted(a(i), b(i), b(i)))
            .collect(Collectors.joining("\n"));
    Path file = Files.writeString(folder.resolve("train.jsonl"), lines);
    try (Vocabulary vocabulary = vocabulary()) {
      examples =
          ExampleFolder.of(
              List.of(new org.apache.hadoop.fs.Path(file.toUri())),
              vocabulary,
              new org.apache.hadoop.fs.Path(folder.resolve("examples").toString()),
              HADOOP);
    }
    assertThat(examples.manifest().vocabulary().rows()).isEqualTo(TinyShards.VOCABULARY.rows());
    RunConfig config = LocalGang.config("training.steps=" + PARENT_STEPS);
    TinyShards.write(folder.resolve("shards"), config.data());
    parent = LocalGang.train(config, 2, folder.resolve("shards"), folder.resolve("parent"));
  }

  @Test
  void itBeginsWithTheParentsParametersAndWithoutItsOptimizersState() throws Exception {
    Path run = begun("begun");

    Map<String, float[]> ours = new TrainedRun(run).tensors(0);
    Map<String, float[]> theirs = parent.tensors(PARENT_STEPS);
    assertThat(ours).hasSizeGreaterThan(20).hasSizeLessThan(theirs.size());
    assertThat(ours.keySet()).anyMatch(name -> name.contains(".experts.expert_3."));
    ours.forEach((name, values) -> assertThat(values).as(name).isEqualTo(theirs.get(name)));
  }

  @Test
  void aModelOfAnotherShapeIsRefused() {
    T5Config other = architecture(LocalGang.config("model.num-encoder-layers=4"));

    assertThatThrownBy(
            () ->
                new StartingPoint(parent.checkpoint(PARENT_STEPS), other)
                    .write(checkpoints(folder.resolve("other")), 0, Map.of(), HADOOP))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("lacks encoder.block.2.")
        .hasMessageContaining("fine-tune with the model.* settings it was trained with");
  }

  @Test
  void itLearnsTheExamplesAndIsEvaluatedOnThem() throws Exception {
    Path run = begun("learnt");

    TrainedRun learnt = train(run, 2, config(40));

    List<Double> losses = learnt.losses();
    assertThat(losses.get(39)).isLessThan(losses.get(0) - 1);
    Evaluation.Result result =
        LocalGang.evaluate(config(40), 2, data(), run, EXAMPLES, new TreeMap<>());
    long targets =
        examples.manifest().targetLengths().entrySet().stream()
            .mapToLong(entry -> Math.min(entry.getKey(), 6) * entry.getValue())
            .sum();
    assertThat(result.total().targetTokens()).isEqualTo(targets);
    assertThat(-result.total().negLogPerplexity()).isCloseTo(losses.get(39), within(0.7));
  }

  @Test
  void packedExamplesAreLearntAndEvaluatedOneByOne() throws Exception {
    Path run = begun("packed");
    RunConfig config = config(20, 24, 12, "packed");

    TrainedRun learnt = train(run, 2, config);

    List<Double> losses = learnt.losses();
    assertThat(losses.get(19)).isLessThan(losses.get(0) - 1);
    Evaluation.Result alone = LocalGang.evaluate(config, 2, data(), run, EXAMPLES, new TreeMap<>());
    long targets =
        examples.manifest().targetLengths().entrySet().stream()
            .mapToLong(entry -> Math.min(entry.getKey(), 12) * entry.getValue())
            .sum();
    assertThat(alone.total().targetTokens()).isEqualTo(targets);
  }

  @Test
  void aRunThatIsContinuedEndsAsOneThatWasNotBroken() throws Exception {
    Path unbroken = begun("unbroken");
    Path broken = begun("broken");

    train(unbroken, 2, config(4));
    train(broken, 2, config(2));
    train(broken, 2, config(4));

    assertThat(new TrainedRun(broken).digests(4)).isEqualTo(new TrainedRun(unbroken).digests(4));
  }

  @Test
  void theNumberOfExecutorsDoesNotMatter() throws Exception {
    Path one = begun("one");
    Path two = begun("two");

    train(one, 1, config(3));
    train(two, 2, config(3));

    List<Double> expected = new TrainedRun(one).losses();
    List<Double> actual = new TrainedRun(two).losses();
    assertThat(expected).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-5));
    }
  }

  private static TrainedRun train(Path run, int ranks, RunConfig config) throws Exception {
    return LocalGang.train(config, ranks, data(), 0, run);
  }

  private static ExampleData data() {
    return new ExampleData(examples.pinned(), examples.pinned());
  }

  /** A run folder that holds the parent's parameters. */
  private static Path begun(String name) throws Exception {
    Path run = folder.resolve(name);
    new StartingPoint(parent.checkpoint(PARENT_STEPS), architecture(config(1)))
        .write(checkpoints(run), 0, Map.of(), HADOOP);
    return run;
  }

  private static CheckpointFolder checkpoints(Path run) throws Exception {
    CheckpointFolder checkpoints =
        new CheckpointFolder(run.resolve("checkpoints").toString(), HADOOP);
    checkpoints.create();
    return checkpoints;
  }

  private static T5Config architecture(RunConfig config) {
    return Architecture.of(config, TinyShards.VOCABULARY.rows());
  }

  private static RunConfig config(int steps) {
    return config(steps, 12, 6, "padded");
  }

  private static RunConfig config(int steps, int inputs, int targets, String filling) {
    return LocalGang.config(
        "training.steps=" + steps,
        "training.evaluate-every=1",
        "examples.inputs-length=" + inputs,
        "examples.targets-length=" + targets,
        "examples.filling=" + filling,
        "optimizer.schedule=constant",
        "optimizer.peak-learning-rate=0.05",
        "model.dropout-rate=0.1",
        "model.expert-dropout-rate=0.4");
  }

  private static Vocabulary vocabulary() {
    List<WordCount> counts =
        Words.split(TEXT).stream().map(word -> new WordCount(word, 9)).toList();
    return Vocabulary.load(UnigramTrainer.train(counts, UnigramSettings.of(34)));
  }

  private static String a(int i) {
    return WORDS.get(i % WORDS.size());
  }

  private static String b(int i) {
    return WORDS.get(i / WORDS.size() % WORDS.size());
  }
}
