package io.sparkswitch.jobs.gang;

import io.sparkswitch.data.token.NodeFolder;
import io.sparkswitch.model.tensor.Natives;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.package$;

/**
 * What every executor must have, checked before it allocates anything: the driver's versions, room
 * for the native libraries, memory in its container, and libraries that load.
 *
 * @param build of sparkswitch
 * @param spark version
 * @param java feature version
 * @param nativeBytes that parameters will take outside the heap; 0 if that is not known
 */
record Preflight(String build, String spark, int java, long nativeBytes) implements Serializable {
  private static final String BUILD = "/io/sparkswitch/jobs/build.properties";
  private static final long MIB = 1L << 20;

  /** Native libraries, unpacked. */
  private static final long UNPACKED = 1024 * MIB;

  /** What a Java process takes outside its heap. */
  private static final long JAVA_ITSELF = 256 * MIB;

  /** Memory limits of a container, by either version of control groups. */
  private static final List<Path> LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  /** What this process, the driver, has. */
  static Preflight asHere(long nativeBytes) {
    return new Preflight(
        ownBuild(), package$.MODULE$.SPARK_VERSION(), Runtime.version().feature(), nativeBytes);
  }

  /**
   * Checks this process, an executor.
   *
   * @throws PreflightException naming the executor, the value and the remedy
   */
  void check() {
    require(
        java == Runtime.version().feature(),
        "runs Java %d, the driver Java %d: give both the same (spark.executorEnv.JAVA_HOME)"
            .formatted(Runtime.version().feature(), java));
    String sparkHere = package$.MODULE$.SPARK_VERSION();
    require(
        spark.equals(sparkHere),
        "runs Spark %s, the driver Spark %s: let both use one installation"
            .formatted(sparkHere, spark));
    require(
        build.equals(ownBuild()),
        "has another build of sparkswitch than the driver (%s, %s): remove the old jar from spark.executor.extraClassPath and from Spark's jars"
            .formatted(ownBuild(), build));
    checkMemory(containerLimit(), Runtime.getRuntime().maxMemory());
    checkNatives();
  }

  /**
   * @param limit of the container, bytes; empty if there is none
   * @param heap largest, bytes
   */
  void checkMemory(OptionalLong limit, long heap) {
    if (limit.isPresent()) {
      long needed = heap + JAVA_ITSELF + nativeBytes;
      require(
          needed <= limit.getAsLong(),
          "may use %d MiB of memory, but needs %d: a heap of %d, parameters of %d and %d for Java: raise spark.executor.memoryOverhead to at least %dm, or use more executors"
              .formatted(
                  limit.getAsLong() / MIB,
                  needed / MIB,
                  heap / MIB,
                  nativeBytes / MIB,
                  JAVA_ITSELF / MIB,
                  (JAVA_ITSELF + nativeBytes) / MIB));
    }
  }

  private static void checkNatives() {
    Path cache = Natives.cache();
    try {
      checkRoom(cache, Files.exists(cache) ? cache.toFile().getUsableSpace() : UNPACKED);
      Natives.load();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + cache, e);
    } catch (LinkageError e) {
      throw new PreflightException(
          "%s cannot load libtorch from %s: %s. It needs Linux on x86-64 with glibc, and a folder that programs may be run from (%s)"
              .formatted(self(), cache, e.getMessage(), NodeFolder.VARIABLE),
          e);
    }
  }

  /**
   * @param usable bytes on the folder's disk
   */
  static void checkRoom(Path cache, long usable) throws IOException {
    require(
        usable >= UNPACKED || isUnpacked(cache),
        "has %d MiB left in %s, but unpacking native libraries takes %d: make room, or set %s to a folder on another disk (spark.executorEnv.%s)"
            .formatted(
                usable / MIB, cache, UNPACKED / MIB, NodeFolder.VARIABLE, NodeFolder.VARIABLE));
  }

  private static boolean isUnpacked(Path cache) throws IOException {
    if (!Files.isDirectory(cache)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(cache)) {
      return entries.anyMatch(Files::isDirectory);
    }
  }

  private static OptionalLong containerLimit() {
    for (Path file : LIMITS) {
      try {
        long limit = Long.parseLong(Files.readString(file).strip());
        return OptionalLong.of(limit);
      } catch (IOException | NumberFormatException e) {
        // Not this version of control groups, or "max": no limit.
      }
    }
    return OptionalLong.empty();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new PreflightException(self() + " " + otherwise, null);
    }
  }

  private static String self() {
    SparkEnv env = SparkEnv.get();
    return env == null
        ? "this process"
        : "executor %s on %s"
            .formatted(env.executorId(), env.blockManager().blockManagerId().host());
  }

  private static String ownBuild() {
    try (InputStream in = Preflight.class.getResourceAsStream(BUILD)) {
      return in == null
          ? "unknown"
          : String.join(
              " ",
              new String(in.readAllBytes(), StandardCharsets.UTF_8)
                  .lines()
                  .filter(line -> !line.startsWith("#"))
                  .toList());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + BUILD + " in the jar", e);
    }
  }
}
