package io.sparkswitch.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** A few C4 files of made-up words, with one malformed line. */
final class TinyCorpus {
  private static final String[] WORDS = {
    "apple", "banker", "candle", "daring", "elephant", "forest", "gentle", "harbour", "island",
    "jungle", "kitchen", "lantern", "mountain", "notebook", "orchard", "paper", "quiet", "river"
  };

  private TinyCorpus() {}

  static Path write(Path folder) throws IOException {
    Path en = Files.createDirectories(folder.resolve("en"));
    Random random = new Random(7);
    file(en.resolve("c4-train.00000-of-00002.json.gz"), random, 150, "{\"text\":");
    file(en.resolve("c4-train.00001-of-00002.json.gz"), random, 150, "");
    file(en.resolve("c4-validation.00000-of-00001.json.gz"), random, 40, "");
    return folder;
  }

  private static void file(Path file, Random random, int documents, String last)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      StringBuilder text = new StringBuilder();
      for (int w = 0; w < 40; w++) {
        text.append(w == 0 ? "" : " ").append(WORDS[random.nextInt(WORDS.length)]);
        text.append(random.nextInt(20) == 0 ? "s" : "");
      }
      lines.append(
          "{\"text\":\"%s.\",\"timestamp\":\"2019-04-25T12:57:54Z\",\"url\":\"https://example.org/%d\"}%n"
              .formatted(text, i));
    }
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write((lines + last).getBytes(StandardCharsets.UTF_8));
    }
  }
}
