package io.sparkswitch.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which build this is, as the build wrote it into the jar; "unknown" where it did not. */
final class BuildInfo implements IVersionProvider {
  static final String UNKNOWN = "unknown";

  private static final String RESOURCE = "build.properties";

  private final Properties properties = new Properties();

  BuildInfo() {
    try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " in the jar", e);
    }
  }

  String version() {
    return filled("version");
  }

  /** The git commit, with "-dirty" after it if the tree had other changes. */
  String commit() {
    String commit = filled("commit");
    return filled("dirty").equals("true") ? commit + "-dirty" : commit;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sparkswitch %s (%s)".formatted(version(), commit())};
  }

  private String filled(String key) {
    String value = properties.getProperty(key, "").strip();
    return value.isEmpty() || value.startsWith("${") ? UNKNOWN : value;
  }
}
