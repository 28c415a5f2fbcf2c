package io.sparkswitch.data.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.demo.DemoCorpusSummary.CorpusFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCorpusTest {
  private static final DemoCorpusSettings SETTINGS = new DemoCorpusSettings(3, 1, 3, 0.05);

  @TempDir Path folder;

  @Test
  void theFilesHaveC4sNamesAndFields() throws Exception {
    DemoCorpusSummary summary = write(SETTINGS);
    assertThat(summary.files())
        .extracting(CorpusFile::path)
        .containsExactly(
            "en/c4-train.00000-of-00003.json.gz",
            "en/c4-train.00001-of-00003.json.gz",
            "en/c4-train.00002-of-00003.json.gz",
            "en/c4-validation.00000-of-00001.json.gz");
    long documents = 0;
    long bytes = 0;
    for (CorpusFile file : summary.files()) {
      for (String line : lines(file.path())) {
        JsonNode json = new ObjectMapper().readTree(line);
        List<String> fields = new ArrayList<>();
        json.fieldNames().forEachRemaining(fields::add);
        assertThat(fields).containsExactly("text", "timestamp", "url");
        bytes += json.get("text").asText().getBytes(StandardCharsets.UTF_8).length;
        documents++;
      }
    }
    assertThat(summary.documents()).isEqualTo(documents);
    assertThat(summary.bytes()).isEqualTo(bytes).isBetween(1_050_000L, 1_060_000L);
  }

  @Test
  void noStoryIsWrittenTwice() throws Exception {
    List<String> urls = new ArrayList<>();
    for (CorpusFile file : write(SETTINGS).files()) {
      for (String line : lines(file.path())) {
        urls.add(new ObjectMapper().readTree(line).get("url").asText());
      }
    }
    assertThat(urls).hasSizeGreaterThan(1000).doesNotHaveDuplicates();
  }

  @Test
  void theBytesDependOnTheSettingsAlone(@TempDir Path other) {
    DemoCorpusSummary summary = write(SETTINGS);
    assertThat(DemoCorpus.write(other.toString(), new Configuration(), SETTINGS))
        .isEqualTo(summary);
    assertThat(
            DemoCorpus.write(
                    other.toString(), new Configuration(), new DemoCorpusSettings(4, 1, 3, 0.05))
                .files())
        .isNotEqualTo(summary.files());
  }

  @Test
  void aWholeCorpusIsKept() throws Exception {
    DemoCorpusSummary summary = write(SETTINGS);
    Path file = folder.resolve(summary.files().get(0).path());
    Object written = Files.getLastModifiedTime(file);
    Object identity = Files.getAttribute(file, "unix:ino");
    assertThat(write(SETTINGS)).isEqualTo(summary);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(written);
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(identity);
  }

  @Test
  void aHalfWrittenCorpusIsRefusedAndWrittenAnew() throws Exception {
    DemoCorpusSummary summary = write(SETTINGS);
    DemoCorpus.refuseIncomplete(folder.toString(), new Configuration());
    Path first = folder.resolve(summary.files().get(0).path());
    Files.delete(folder.resolve(DemoCorpus.MANIFEST));
    Files.createFile(folder.resolve(DemoCorpus.MARKER));
    Files.write(first, new byte[] {1, 2, 3});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DemoCorpus.refuseIncomplete(folder.toString(), new Configuration()))
        .withMessageContaining("unfinished demo corpus")
        .withMessageContaining("run demo-corpus again");
    assertThat(write(SETTINGS)).isEqualTo(summary);
    assertThat(Files.size(first)).isEqualTo(summary.files().get(0).fileBytes());
    DemoCorpus.refuseIncomplete(folder.toString(), new Configuration());
  }

  @Test
  void aTruncatedFileOrManifestIsWrittenAnew() throws Exception {
    DemoCorpusSummary summary = write(SETTINGS);
    Files.delete(folder.resolve(summary.files().get(1).path()));
    assertThat(write(SETTINGS)).isEqualTo(summary);
    assertThat(folder.resolve(summary.files().get(1).path())).exists();
    Files.writeString(folder.resolve(DemoCorpus.MANIFEST), "{\"generator\"");
    assertThat(write(SETTINGS)).isEqualTo(summary);
  }

  @Test
  void otherSettingsReplaceTheCorpusWithoutLeftovers() throws Exception {
    write(SETTINGS);
    write(new DemoCorpusSettings(3, 1, 2, 0.05));
    try (Stream<Path> files = Files.list(folder.resolve("en"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .filteredOn(name -> !name.startsWith("."))
          .containsExactlyInAnyOrder(
              "c4-train.00000-of-00002.json.gz",
              "c4-train.00001-of-00002.json.gz",
              "c4-validation.00000-of-00001.json.gz");
    }
  }

  @Test
  void realC4FilesAreNeverOverwritten() throws Exception {
    Files.createDirectory(folder.resolve("en"));
    Path real = Files.writeString(folder.resolve("en/c4-train.00000-of-00003.json.gz"), "real");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> write(SETTINGS))
        .withMessageContaining("that demo-corpus did not write: choose another folder");
    assertThat(real).hasContent("real");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DemoCorpusSettings(1, 0, 1, 1))
        .withMessage("megabytes = 0 is below 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DemoCorpusSettings(1, 1, 0, 1))
        .withMessage("train-files = 0 is outside [1, 99999]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DemoCorpusSettings(1, 1, 1, Double.NaN))
        .withMessage("validation-megabytes = NaN is not above 0");
  }

  private DemoCorpusSummary write(DemoCorpusSettings settings) {
    return DemoCorpus.write(folder.toString(), new Configuration(), settings);
  }

  private List<String> lines(String path) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(folder.resolve(path))),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
