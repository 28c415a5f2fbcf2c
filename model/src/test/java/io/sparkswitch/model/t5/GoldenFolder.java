package io.sparkswitch.model.t5;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where golden data lie: {@code -Dgolden.dir}, by default the copies in the test resources. */
public final class GoldenFolder {
  private static final String PROPERTY = "golden.dir";

  private GoldenFolder() {}

  public static Path path() {
    String given = System.getProperty(PROPERTY, "");
    if (!given.isEmpty()) {
      return Path.of(given);
    }
    try {
      return Path.of(GoldenFolder.class.getResource("/golden").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Files of that ending in the folder and all folders below it, in order. */
  public static List<Path> files(String ending) {
    try (Stream<Path> files = Files.walk(path())) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list -D" + PROPERTY + "=" + path(), e);
    }
  }
}
