package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.CorpusFile;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusAddressesTest {
  @TempDir Path folder;

  @Test
  void addressesAreThoseAtThePlacesThatHaveOne() throws IOException {
    Path lines = folder.resolve("a.jsonl");
    Files.write(
        lines,
        List.of(
            "{\"text\": \"one\", \"url\": \"https://a.b/1\"}",
            "no document",
            "{\"text\": \"three\"}",
            "{\"text\": \"four\", \"url\": \"https://a.b/4\"}",
            "{\"text\": \"five\", \"url\": \"https://a.b/5\"}"));

    assertThat(at(lines, 1L, 2L, 3L, 4L, 99L))
        .isEqualTo(Map.of(1L, "https://a.b/1", 4L, "https://a.b/4"));
    assertThat(at(lines)).isEmpty();
  }

  @Test
  void aFileThatIsGoneIsNamed() {
    assertThatThrownBy(() -> at(folder.resolve("gone.jsonl"), 1L))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone.jsonl");
  }

  private static Map<Long, String> at(Path file, Long... places) {
    return CorpusAddresses.at(
        CorpusFile.of(file.toString(), 0), List.of(places), new Configuration());
  }
}
