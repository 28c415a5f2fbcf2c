package io.sparkswitch.jobs.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherIT {
  private static final String PROGRAM = "sparkswitch.jar";
  private static final Duration BOUND = Duration.ofSeconds(90);

  @TempDir private Path folder;

  @Test
  void aWrongVerbExitsWith2ThroughSparkSubmit() throws Exception {
    ProgramOutput result = launch(Map.of(), "no-such-verb", "--out", "with space");
    assertThat(result.output()).contains("no-such-verb");
    assertThat(result.exitCode()).as(result.output()).isEqualTo(2);
  }

  @Test
  void presetsAreInTheJar() throws Exception {
    ProgramOutput planned =
        launch(Map.of(), "plan", "--set", "preset=switch-c", "--set", "gang.executors=512");
    assertThat(planned.output()).contains("Model: 1.57 trillion parameters");
    assertThat(planned.exitCode()).as(planned.output()).isZero();

    ProgramOutput unknown = launch(Map.of(), "plan", "--set", "preset=none-such");
    assertThat(unknown.output()).contains("\n  nano, nano-switch\n");
    assertThat(unknown.exitCode()).as(unknown.output()).isEqualTo(2);
  }

  @Test
  void theCommandIsEchoedFirstAndSecretsAreMasked() throws Exception {
    ProgramOutput result =
        launch(
            Map.of(), "--help", "--", "--conf", "spark.authenticate.secret=topaz", "--name", "a b");
    assertThat(result.output().lines().findFirst().orElseThrow())
        .startsWith("+ spark-submit --master 'local-cluster[2,1,1536]'")
        .contains("--conf spark.authenticate.secret=***")
        .contains("--name 'a b'")
        .endsWith(PROGRAM + " --help");
    assertThat(result.output())
        .doesNotContain("topaz")
        .contains("Usage: sparkswitch")
        .contains("prepare");
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @Test
  void aMasterOfTheUsersOwnWinsWhereverItIsNamed() throws Exception {
    assertThat(echoed(Map.of(), "--help")).contains("local-cluster");
    assertThat(echoed(Map.of(), "--help", "--", "--master", "local[1]"))
        .doesNotContain("local-cluster");
    assertThat(echoed(Map.of(), "--help", "--", "--conf", "spark.master=local[1]"))
        .doesNotContain("local-cluster");
    Path defaults = folder.resolve("spark-defaults.conf");
    Files.writeString(defaults, "spark.master local[1]\n");
    assertThat(echoed(Map.of(), "--help", "--", "--properties-file", defaults.toString()))
        .doesNotContain("local-cluster");
    assertThat(echoed(Map.of("SPARK_CONF_DIR", folder.toString()), "--help"))
        .doesNotContain("local-cluster");
  }

  /** The command that is told before it is run, by a Java that does nothing. */
  private String echoed(Map<String, String> environment, String... arguments) throws Exception {
    script("java/bin/java", "#!/bin/sh\nexit 0\n");
    Map<String, String> all = new HashMap<>(environment);
    all.put("JAVA_HOME", folder.resolve("java").toString());
    String output = launch(all, arguments).output();
    assertThat(output).startsWith("+ spark-submit ");
    return output;
  }

  private void script(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void aSparkOfTheUsersOwnIsUsedAndItsExitCodePassedOn() throws Exception {
    script("bin/spark-submit", "#!/bin/sh\nprintf '[%s]' \"$@\"\nexit 75\n");
    ProgramOutput result =
        launch(
            Map.of("SPARK_HOME", folder.toString()), "plan", "--set", "a=b c", "--", "--name", "n");
    assertThat(result.output())
        .endsWith(
            "[--name][n][--class][io.sparkswitch.jobs.Main][%s][plan][--set][a=b c]"
                .formatted(Built.jar()));
    assertThat(result.exitCode()).isEqualTo(75);
  }

  @Test
  void optionsThatSparkRefusesAreNoSuccess() throws Exception {
    ProgramOutput result = launch(Map.of(), "--help", "--", "--no-such-option");
    assertThat(result.exitCode()).as(result.output()).isNotZero();
  }

  @Test
  void nothingIsLeftBehind() throws Exception {
    RunningProgram program = start(Map.of(), "--help");
    Path run = Built.root().resolve("target/spark-runs").resolve("" + program.handle().pid());
    program.await(BOUND);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(run).doesNotExist());
  }

  private ProgramOutput launch(Map<String, String> environment, String... arguments)
      throws Exception {
    return start(environment, arguments).await(BOUND);
  }

  private RunningProgram start(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(Built.root().resolve("submit/sparkswitch").toString()),
                Stream.of(arguments))
            .toList();
    Map<String, String> all = new HashMap<>(Map.of("SPARK_HOME", "", "SPARK_CONF_DIR", ""));
    all.putAll(environment);
    return RunningProgram.start(command, all, Files.createTempFile(folder, "launch", ".log"));
  }
}
