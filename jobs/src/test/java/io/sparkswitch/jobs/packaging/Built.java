package io.sparkswitch.jobs.packaging;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the build has put where, as the build tells its tests. */
public final class Built {
  private Built() {}

  /** The root of the repository. */
  public static Path root() {
    return Path.of(told("sparkswitch.root"));
  }

  /** The fat jar. */
  static Path jar() {
    return existing(root().resolve("jobs/target/sparkswitch.jar"));
  }

  /** The folder of Spark's jars. */
  static Path sparkJars() {
    return existing(Path.of(told("sparkswitch.spark-home"), "jars"));
  }

  private static String told(String property) {
    String value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(
          property + " is not set: run this test with ./mvnw verify, which sets it");
    }
    return value;
  }

  private static Path existing(Path path) {
    if (!Files.exists(path)) {
      throw new IllegalStateException(path + " is not built: ./mvnw -q -DskipTests package");
    }
    return path;
  }
}
