package io.sparkswitch.jobs.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

class FatJarIT {
  private static final String VERSIONED = "META-INF/versions/\\d+/";

  @Test
  void noClassIsAlsoInASparkJar() throws IOException {
    Map<String, String> ofSpark = new HashMap<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Built.sparkJars(), "*.jar")) {
      for (Path jar : jars) {
        classes(entries(jar)).forEach(name -> ofSpark.put(name, jar.getFileName().toString()));
      }
    }
    assertThat(ofSpark).as("classes in Spark's jars").hasSizeGreaterThan(10_000);

    Map<String, String> clashes = new TreeMap<>();
    for (String name : classes(entries(Built.jar()))) {
      if (ofSpark.containsKey(name)) {
        clashes.put(name, ofSpark.get(name));
      }
    }
    assertThat(clashes).as("classes of sparkswitch.jar that a jar of Spark has too").isEmpty();
  }

  @Test
  void whatIsForeignIsRelocated() throws IOException {
    assertThat(classes(entries(Built.jar())))
        .allSatisfy(name -> assertThat(name).matches("(io/sparkswitch|org/bytedeco|ai/djl)/.*"));
  }

  @Test
  void thereIsNoLoggingBindingAndNoSignature() throws IOException {
    assertThat(entries(Built.jar()))
        .noneMatch(name -> name.startsWith("META-INF/services/org.slf4j"))
        .noneMatch(name -> name.contains("Log4j2Plugins.dat"))
        .noneMatch(name -> name.matches("(log4j|log4j2|logback|simplelogger)[^/]*"))
        .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
  }

  @Test
  void everyServiceNamesAClassInside() throws IOException {
    try (JarFile jar = new JarFile(Built.jar().toFile())) {
      List<String> services =
          jar.stream()
              .map(ZipEntry::getName)
              .filter(name -> name.matches("META-INF/services/.*[^/]"))
              .toList();
      assertThat(services).isNotEmpty();
      for (String service : services) {
        for (String line : read(jar, service).lines().toList()) {
          String provider = line.replaceFirst("#.*", "").replaceFirst("class *=", "").strip();
          if (!provider.isEmpty()) {
            String entry = provider.replace('.', '/') + ".class";
            assertThat(jar.getEntry(entry)).as("%s of %s", entry, service).isNotNull();
          }
        }
      }
    }
  }

  @Test
  void nativesAreThoseOfLinuxOnly() throws IOException {
    Set<String> natives =
        entries(Built.jar()).stream()
            .filter(name -> name.matches(".*\\.(dll|dylib|jnilib|so)(\\.\\d+)*"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(natives)
        .allSatisfy(name -> assertThat(name).contains("linux-x86_64"))
        .anyMatch(name -> name.endsWith("/libtorch_cpu.so"))
        .anyMatch(name -> name.endsWith("/libjnijavacpp.so"))
        .anyMatch(name -> name.endsWith("/libopenblas.so.0"))
        .anyMatch(name -> name.endsWith("/libsentencepiece_native.so"));
  }

  @Test
  void theBuildSaysWhichItIs() throws IOException {
    Properties build = new Properties();
    try (JarFile jar = new JarFile(Built.jar().toFile())) {
      build.load(jar.getInputStream(jar.getEntry("io/sparkswitch/jobs/build.properties")));
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("io.sparkswitch.jobs.Main");
    }
    assertThat(build.getProperty("version")).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(build.getProperty("commit")).matches("[0-9a-f]{40}|unknown");
  }

  @Test
  void theEmbeddedSparkIsOfOneVersion() throws IOException {
    try (DirectoryStream<Path> cores =
        Files.newDirectoryStream(Built.sparkJars(), "spark-core_*.jar")) {
      assertThat(cores)
          .as("after a change of Spark's version, ./mvnw clean removes the old jars")
          .hasSize(1);
    }
  }

  private static Set<String> entries(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      return jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
    }
  }

  /** Class entries, those for newer Java versions under the name they replace. */
  private static Set<String> classes(Set<String> entries) {
    return entries.stream()
        .filter(name -> name.endsWith(".class"))
        .map(name -> name.replaceFirst(VERSIONED, ""))
        .filter(name -> !name.equals("module-info.class"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String read(JarFile jar, String entry) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
