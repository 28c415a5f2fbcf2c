package io.sparkswitch.model.tensor;

import io.sparkswitch.data.token.NodeFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/**
 * What must be set before the first libtorch class loads. JavaCPP otherwise caps native memory by
 * the heap (then collects garbage in a loop and fails) and unpacks its libraries into the user's
 * home, which on a cluster may be shared.
 */
public final class Natives {
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  /** JavaCPP keys what it unpacks by the jar's name and the library's date. */
  private static final String KEY = "javacpp";

  /**
   * Of libraries beside the plain ones. Not set, JavaCPP looks for those of a GPU as well, some
   * twenty, each of them all along the class path: a second and more of every process.
   */
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(50);

  private Natives() {}

  /** Sets the properties. Idempotent and cheap; call it first thing in every process. */
  public static synchronized void prepare() {
    setIfAbsent("org.bytedeco.javacpp.maxbytes", "0");
    setIfAbsent("org.bytedeco.javacpp.maxphysicalbytes", "0");
    setIfAbsent(EXTENSION, "");
    if (System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, NodeFolder.of(KEY).toString());
    }
  }

  /**
   * Loads libtorch, one process of this node at a time: of several that unpack it into an empty
   * cache at once, one may map a file that another is still writing.
   */
  public static synchronized void load() {
    prepare();
    Path lock = Path.of(System.getProperty(CACHE)).resolve("sparkswitch.lock");
    try {
      Files.createDirectories(lock.getParent());
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = await(channel, lock)) {
        Loader.load(torch.class);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + lock, e);
    }
  }

  /** Where this node keeps the libraries unpacked. */
  public static Path cache() {
    prepare();
    return Path.of(System.getProperty(CACHE));
  }

  /** Threads that a product, or any other operation, is spread over in this process. */
  public static void threads(int count) {
    torch.set_num_threads(count);
    openblas.blas_set_num_threads(count); // libtorch does not tell it
  }

  private static FileLock await(FileChannel channel, Path lock) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      FileLock held = channel.tryLock();
      if (held != null) {
        return held;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    throw new IllegalStateException(
        "waited %d s for another process of this node to load libtorch, which holds %s: end that process, or set %s to another folder"
            .formatted(PATIENCE.toSeconds(), lock, NodeFolder.VARIABLE));
  }

  private static void setIfAbsent(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }
}
