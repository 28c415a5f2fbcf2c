package io.sparkswitch.model.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/**
 * What must be set before the first libtorch class loads. JavaCPP otherwise caps native memory by
 * the heap (then collects garbage in a loop and fails) and unpacks its libraries into the user's
 * home, which on a cluster may be shared.
 */
public final class Natives {
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private Natives() {}

  /** Sets the properties. Idempotent and cheap; call it first thing in every process. */
  public static synchronized void prepare() {
    setIfAbsent("org.bytedeco.javacpp.maxbytes", "0");
    setIfAbsent("org.bytedeco.javacpp.maxphysicalbytes", "0");
    if (System.getProperty(CACHE) == null) {
      System.setProperty(CACHE, nodeLocalFolder().toString());
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
          FileLock held = channel.lock()) {
        Loader.load(torch.class);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot lock " + lock, e);
    }
  }

  private static void setIfAbsent(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /** A folder of this user on this node, readable by nobody else; JavaCPP locks it by itself. */
  private static Path nodeLocalFolder() {
    String user = System.getProperty("user.name", "user");
    Path folder =
        Path.of(System.getProperty("java.io.tmpdir"), "sparkswitch-natives-" + user)
            .toAbsolutePath();
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      if (!Files.getOwner(folder).getName().equals(user)) {
        throw new IOException(folder + " belongs to " + Files.getOwner(folder).getName());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot use "
              + folder
              + " to unpack the native libraries; set -D"
              + CACHE
              + "=FOLDER to a local folder of yours",
          e);
    }
  }
}
