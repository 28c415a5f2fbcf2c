package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledFilesTest {
  private static final List<String> FILES =
      List.of("a/b/beside.conf", "a/b/c/two.conf", "a/b/c/one.conf", "a/b/c/d/deeper.conf");

  @TempDir Path folder;

  @Test
  void filesOfAFolderInAJarAreListedWithoutAnEntryForTheFolder() throws IOException {
    Path jar = folder.resolve("with space.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String file : FILES) {
        out.putNextEntry(new ZipEntry(file));
        out.closeEntry();
      }
    }
    assertThat(names("jar:" + jar.toUri() + "!/a/b/beside.conf"))
        .containsExactlyInAnyOrder("one.conf", "two.conf");
  }

  @Test
  void filesOfAFolderOnDiskAreListed() throws IOException {
    for (String file : FILES) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.createFile(folder.resolve(file));
    }
    assertThat(names(folder.resolve("a/b/beside.conf").toUri().toString()))
        .containsExactlyInAnyOrder("one.conf", "two.conf");
  }

  @Test
  void whatIsNeitherIsRefused() {
    assertThatThrownBy(() -> names("http://localhost/a/b/beside.conf"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("http://localhost/a/b/beside.conf");
  }

  private static List<String> names(String beside) throws IOException {
    URL url = URI.create(beside).toURL();
    return BundledFiles.names(url, "a/b", "c");
  }
}
