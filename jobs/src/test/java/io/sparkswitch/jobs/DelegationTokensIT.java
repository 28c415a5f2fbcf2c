package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.packaging.ProgramOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A file system that asks for a delegation token, and executors to which tokens come as YARN brings
 * them: in a file that their environment names.
 */
@Tag("long")
@ExtendWith(TinyJourney.Extension.class)
class DelegationTokensIT {
  private static TinyJourney journey;
  private static Path classes;
  private static Path token;
  private static Path noToken;

  @BeforeAll
  static void makeTokens(TinyJourney shared) throws IOException {
    journey = shared;
    Path folder = Files.createDirectories(journey.at("tokens"));
    String name = GuardedFileSystem.class.getName().replace('.', '/') + ".class";
    classes = folder.resolve("classes");
    Files.createDirectories(classes.resolve(name).getParent());
    try (var code = GuardedFileSystem.class.getClassLoader().getResourceAsStream(name)) {
      Files.copy(code, classes.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Credentials held = new Credentials();
    held.addToken(
        GuardedFileSystem.SERVICE,
        new Token<>(new byte[] {1}, new byte[] {2}, new Text("GUARD"), GuardedFileSystem.SERVICE));
    token = write(held, folder.resolve("held.tokens"));
    noToken = write(new Credentials(), folder.resolve("none.tokens"));
  }

  @Test
  void executorsReadAndWriteWithTheirTokensWhereOnlyTheDriversConfigurationNamesTheFileSystem()
      throws Exception {
    ProgramOutput result = prepare("guarded", token);

    assertThat(result.exitCode()).as(result.output()).isZero();
    Path shards = journey.at("tokens/guarded/train");
    assertThat(TinyJourney.files(shards, "parquet")).isNotEmpty();
  }

  @Test
  void withoutATokenAnExecutorIsRefusedByTheFileSystem() throws Exception {
    ProgramOutput result = prepare("refused", noToken);

    assertThat(result.exitCode()).as(result.output()).isNotZero();
    assertThat(result.output()).contains("no delegation token for guarded:/");
    assertThat(journey.at("tokens/refused/train/_manifests")).doesNotExist();
  }

  private static ProgramOutput prepare(String out, Path executorsTokens) throws Exception {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--driver-java-options", "-Dhadoop.token.files=" + token));
    options.addAll(List.of("--driver-class-path", classes.toString()));
    options.addAll(List.of("--conf", "spark.executor.extraClassPath=" + classes));
    options.addAll(
        List.of("--conf", "spark.executorEnv.HADOOP_TOKEN_FILE_LOCATION=" + executorsTokens));
    options.addAll(
        List.of("--conf", "spark.hadoop.fs.guarded.impl=" + GuardedFileSystem.class.getName()));
    return journey
        .start(
            1,
            List.of(
                "prepare",
                "--corpus",
                GuardedFileSystem.SCHEME + "://" + journey.path("corpus"),
                "--vocab",
                journey.path("vocab"),
                "--out",
                GuardedFileSystem.SCHEME + "://" + journey.path("tokens/" + out),
                "--config",
                journey.path("dense.conf")),
            options.toArray(String[]::new))
        .await(TinyJourney.BOUND);
  }

  private static Path write(Credentials credentials, Path file) throws IOException {
    credentials.writeTokenStorageFile(
        new org.apache.hadoop.fs.Path(file.toUri()), new Configuration());
    return file;
  }
}
