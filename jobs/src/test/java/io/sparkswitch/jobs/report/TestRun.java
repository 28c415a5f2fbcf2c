package io.sparkswitch.jobs.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A copy of the whole run folder of the test resources, to take things away from. */
record TestRun(Path folder) {

  static TestRun copiedTo(Path folder) throws IOException {
    Path whole = resource("whole");
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(whole.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return new TestRun(folder);
  }

  TestRun without(String part) throws IOException {
    List<Path> doomed;
    try (Stream<Path> files = Files.walk(folder.resolve(part))) {
      doomed = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : doomed) {
      Files.delete(file);
    }
    return this;
  }

  TestRun with(String file, String content) throws IOException {
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(folder.resolve(file), content);
    return this;
  }

  TestRun withFigure(Role role, double negLogPerplexity) throws IOException {
    return with(
        role.folder() + "/evaluation.json", "{\"negLogPerplexity\": " + negLogPerplexity + "}");
  }

  Summary report() throws IOException {
    return report(OptionalDouble.empty());
  }

  Summary report(OptionalDouble totalSeconds) throws IOException {
    return RunReport.write(folder.toString(), totalSeconds, new Configuration(false));
  }

  /** The page after a report. */
  String page() throws IOException {
    report();
    return Files.readString(folder.resolve(RunReport.REPORT));
  }

  private static Path resource(String name) {
    try {
      return Path.of(TestRun.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
