package io.sparkswitch.jobs.conf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** Which files lie in a folder of the jar or, before there is a jar, of the build's output. */
final class BundledFiles {
  private BundledFiles() {}

  /**
   * Names of the files that lie directly in a folder, in no order.
   *
   * @param beside a file beside the folder; a jar need not have entries for folders themselves
   * @param root path of {@code beside} without the file name, such as {@code io/sparkswitch/jobs}
   * @param folder its name
   */
  static List<String> names(URL beside, String root, String folder) {
    try {
      return switch (beside.getProtocol()) {
        case "jar" -> inJar(beside, root + "/" + folder + "/");
        case "file" -> inFolder(Path.of(URI.create(beside.toString())).resolveSibling(folder));
        default -> throw new IllegalStateException("cannot list what lies beside " + beside);
      };
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list what lies beside " + beside, e);
    }
  }

  private static List<String> inJar(URL entry, String prefix) throws IOException {
    JarURLConnection connection = (JarURLConnection) entry.openConnection();
    // A cached file is shared with the class loader, and closing it would close the loader's.
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      return jar.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.startsWith(prefix))
          .map(name -> name.substring(prefix.length()))
          .filter(name -> !name.isEmpty() && !name.contains("/"))
          .toList();
    }
  }

  private static List<String> inFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }
}
