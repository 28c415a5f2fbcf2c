package io.sparkswitch.data.pipeline;

import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.train.WordCount;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A few gzip files of C4 lines. */
public final class TestCorpus {
  private static final String[] WORDS =
      "the old river ran past a mill and every child of our town knew its song by heart".split(" ");

  private TestCorpus() {}

  /** Texts of a file, always the same for a number. */
  public static List<String> texts(int file, int documents) {
    Random random = new Random(file);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < documents; i++) {
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 40 + random.nextInt(60); w++) {
        text.append(w == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
      }
      texts.add(text.append('.').toString());
    }
    return texts;
  }

  public static List<String> lines(List<String> texts) {
    return texts.stream()
        .map(
            text ->
                "{\"text\":\"%s\",\"timestamp\":\"2019-04-25T12:57:54Z\",\"url\":\"%s\"}"
                    .formatted(text, url(text)))
        .toList();
  }

  /** Address of a document of a file. */
  static String url(int file, int document) {
    return url(texts(file, document + 1).get(document));
  }

  private static String url(String text) {
    return "https://a.b/%x".formatted(text.hashCode());
  }

  static Path write(Path folder, String split, int file, List<String> lines) throws IOException {
    Path path =
        Files.createDirectories(folder.resolve("en"))
            .resolve("c4-%s.%05d-of-00003.json.gz".formatted(split, file));
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return path;
  }

  /** The tokens of a file in one row. */
  static int[] stream(Vocabulary vocabulary, List<String> texts) {
    return texts.stream()
        .flatMapToInt(t -> java.util.Arrays.stream(vocabulary.encode(t)))
        .toArray();
  }

  static List<String> words(List<WordCount> counts) {
    return counts.stream().map(WordCount::word).toList();
  }
}
