package io.sparkswitch.jobs.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  @Test
  void aFileIsReplacedAsAWholeUnderItsPathOrUri() throws IOException {
    Path file = folder.resolve("not yet/a b.json");

    OutputFolder.writeFile(file.toString(), "one", CONF);
    assertThat(file).hasContent("one");
    OutputFolder.writeFile(file.toUri().getPath(), "two", CONF);

    assertThat(file).hasContent("two");
    try (var all = Files.list(file.getParent())) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void whatCannotBeWrittenLeavesNoDraftBehind() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken/inner")).getParent();
    OutputFolder out = OutputFolder.of(folder.toString(), CONF);

    assertThatThrownBy(() -> out.write("taken", "text")).isInstanceOf(IOException.class);

    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(taken);
    }
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");

    assertThat(OutputFolder.of(file.toString(), CONF).isFile()).isTrue();
    assertThat(OutputFolder.of(folder.toString(), CONF).isFile()).isFalse();
    assertThat(OutputFolder.of(folder.resolve("none").toString(), CONF).isFile()).isFalse();
  }

  @Test
  void aNameAloneMeansTheWorkingFolder() throws IOException {
    OutputFolder here = OutputFolder.of(".", CONF);

    assertThat(OutputFolder.folderOf("out.json", CONF).uri()).isEqualTo(here.uri());
    assertThatThrownBy(() -> OutputFolder.folderOf("/", CONF))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/ is no file");
  }
}
