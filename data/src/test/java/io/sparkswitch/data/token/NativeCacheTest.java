package io.sparkswitch.data.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
  private static final int PROCESSES = 4;

  /** What each process runs: loads the model and prints an encoded text. */
  static final class Encode {
    private Encode() {}

    public static void main(String[] arguments) {
      try (Vocabulary vocabulary = Vocabulary.load(Path.of(arguments[0]))) {
        System.out.println("ids " + vocabulary.encode("ka to").length);
      }
    }
  }

  @Test
  void processesThatStartAtOnceShareOnePrivateFolder(@TempDir Path folder) throws Exception {
    Path model = Files.write(folder.resolve("spiece.model"), SampleText.model(100));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start(temporary, model));
    }
    for (Process process : processes) {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(output).contains("ids ");
      assertThat(process.exitValue()).isZero();
    }
    List<Path> caches = list(temporary);
    assertThat(caches).hasSize(1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(caches.get(0))))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.walk(caches.get(0))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  @Test
  void aFolderOthersCanReadIsRefused(@TempDir Path folder) throws Exception {
    Path model = Files.write(folder.resolve("spiece.model"), SampleText.model(100));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    assertThat(run(temporary, model)).contains("ids ");
    Path cache = list(temporary).get(0);
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(run(temporary, model))
        .contains(cache + " belongs to ")
        .contains("with permissions rwxrwxrwx, but must be a folder of this user's alone");
  }

  private static String run(Path temporary, Path model) throws Exception {
    Process process = start(temporary, model);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static Process start(Path temporary, Path model) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Encode.class.getName(),
                model.toString())
            .redirectErrorStream(true);
    builder.environment().remove("DJL_CACHE_DIR");
    builder.environment().remove("ENGINE_CACHE_DIR");
    builder.environment().remove(NodeFolder.VARIABLE);
    return builder.start();
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(path -> path.getFileName().toString().startsWith("spark")).toList();
    }
  }
}
