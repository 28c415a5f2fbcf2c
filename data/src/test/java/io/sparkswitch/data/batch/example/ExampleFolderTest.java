package io.sparkswitch.data.batch.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.train.UnigramSettings;
import io.sparkswitch.data.token.train.UnigramTrainer;
import io.sparkswitch.data.token.train.WordCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFolderTest {
  private static final Configuration HADOOP = new Configuration();
  private static final String WORDS =
      "the answer of one and two is three or four but never five six seven eight nine ten";

  private static Vocabulary vocabulary;

  @TempDir Path folder;

  @BeforeAll
  static void train() {
    Map<String, Long> counts = new TreeMap<>();
    Words.split(WORDS).forEach(word -> counts.merge(word, 5L, Long::sum));
    List<WordCount> words =
        counts.entrySet().stream()
            .map(entry -> new WordCount(entry.getKey(), entry.getValue()))
            .toList();
    vocabulary = Vocabulary.load(UnigramTrainer.train(words, UnigramSettings.of(34)));
  }

  @AfterAll
  static void close() {
    vocabulary.close();
  }

  @Test
  void examplesOfSeveralBlocksAreWhatTheTextsSay() throws IOException {
    int count = 2 * ExampleFile.BLOCK + 3;
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(line("one " + "two ".repeat(i % 7), i % 2 == 0 ? "three" : "<extra_id_0> four"));
    }

    ExampleFolder made = make(write("a.jsonl", lines.toString()));

    ExampleSource source = made.source();
    assertThat(source.count()).isEqualTo(count).isEqualTo(made.manifest().examples());
    assertThat(made.manifest().blocks()).hasSize(3).startsWith(0L);
    for (int i : new int[] {count - 1, 0, ExampleFile.BLOCK, 1, ExampleFile.BLOCK - 1}) {
      String targets = i % 2 == 0 ? "three" : "<extra_id_0> four";
      assertThat(source.at(i).inputs()).isEqualTo(ended("one " + "two ".repeat(i % 7)));
      assertThat(source.at(i).targets()).isEqualTo(ended(targets));
    }
    assertThat(source.at(1).targets()).startsWith(vocabulary.spec().sentinel(0));
  }

  @Test
  void lengthsTellWhatAShapeCuts() throws IOException {
    ExampleFolder made =
        make(write("a.jsonl", line("one", "two") + line("one two three four", "five")));
    int[] lengths = {ended("one").length, ended("one two three four").length};

    ExampleShape tight = new ExampleShape(lengths[1] - 1, 100, Filling.PADDED);
    assertThat(made.manifest().longInputs(tight)).isEqualTo(1);
    assertThat(made.manifest().longTargets(tight)).isZero();
    ExampleShape wide = new ExampleShape(lengths[1], 1, Filling.PADDED);
    assertThat(made.manifest().longInputs(wide)).isZero();
    assertThat(made.manifest().longTargets(wide)).isEqualTo(2);
    assertThat(made.manifest().targetBytes()).isEqualTo("twofive".length());
  }

  @Test
  void theSameFilesAreTokenisedOnceAndOthersElsewhere() throws IOException {
    Path file = write("a.jsonl", line("one", "two"));
    PinnedExamples first = make(file).pinned();
    Path bytes = Path.of(new org.apache.hadoop.fs.Path(first.folder()).toUri().getPath());
    java.nio.file.attribute.FileTime written =
        Files.getLastModifiedTime(bytes.resolve(ExampleFolder.FILE));

    assertThat(make(file).pinned()).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(bytes.resolve(ExampleFolder.FILE))).isEqualTo(written);
    PinnedExamples other = make(write("b.jsonl", line("one", "three"))).pinned();
    assertThat(other.folder()).isNotEqualTo(first.folder());
    assertThat(first.open(HADOOP).source().at(0).targets()).isEqualTo(ended("two"));
    assertThatThrownBy(() -> new PinnedExamples(other.folder(), first.sha256()).open(HADOOP))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds other examples than the run began with");
  }

  @Test
  void whatWasLeftUnfinishedIsMadeAgain() throws IOException {
    Path file = write("a.jsonl", line("one", "two"));
    PinnedExamples first = make(file).pinned();
    Path made = Path.of(new org.apache.hadoop.fs.Path(first.folder()).toUri().getPath());
    Files.delete(made.resolve(ExampleFolder.MANIFEST));
    Files.write(made.resolve(ExampleFolder.FILE), new byte[] {1});

    assertThat(make(file).pinned()).isEqualTo(first);
    assertThat(make(file).source().at(0).inputs()).isEqualTo(ended("one"));
  }

  @Test
  void wrongExamplesAreNamedAndLeaveNothingWhole() throws IOException {
    Path file = write("a.jsonl", line("one", "two") + line("<extra_id_100>", "two"));

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> make(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("a.jsonl, example 2: sentinel 100 is outside [0, 100)");
    }
    Path empty = write("empty.jsonl", "");
    assertThatThrownBy(() -> make(empty))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("there is no example in it");
  }

  private ExampleFolder make(Path file) {
    return ExampleFolder.of(
        List.of(new org.apache.hadoop.fs.Path(file.toUri())),
        vocabulary,
        new org.apache.hadoop.fs.Path(folder.resolve("examples").toString()),
        HADOOP);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String line(String inputs, String targets) {
    return "{\"inputs\": \"%s\", \"targets\": \"%s\"}%n".formatted(inputs, targets);
  }

  private static int[] ended(String text) {
    int[] tokens = vocabulary.encodeWithSentinels(text);
    int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
    ended[tokens.length] = VocabularySpec.EOS;
    return ended;
  }
}
