package io.sparkswitch.data.token;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Where DJL unpacks SentencePiece's native library: a folder of this user's alone (0700) under the
 * node's temporary folder, keyed by the library's digest; never the home folder, which may be
 * shared over a network. A {@code DJL_CACHE_DIR} or {@code ENGINE_CACHE_DIR} (property or
 * environment) set by the user wins.
 *
 * <p>Concurrency: safe from any thread and process; DJL renames the finished file into place, so
 * processes that start at once on one machine may share the folder.
 */
final class NativeCache {
  private static final String CACHE_KEY = "DJL_CACHE_DIR";
  private static final List<String> KEYS = List.of("ENGINE_CACHE_DIR", CACHE_KEY);
  private static final String LIBRARY = "/native/lib/linux-x86_64/libsentencepiece_native.so";
  private static final String OWNER_ONLY = "rwx------";
  private static final int KEY_DIGITS = 16;

  private NativeCache() {}

  /** Sets the folder if none is set. Call before the first class of DJL loads. */
  static synchronized void ensure() {
    if (KEYS.stream().anyMatch(NativeCache::isSet)) {
      return;
    }
    Path folder =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("sparkswitch-%s-%s".formatted(user(), libraryKey()));
    createPrivately(folder);
    System.setProperty(CACHE_KEY, folder.toString());
  }

  private static boolean isSet(String key) {
    String property = System.getProperty(key);
    String variable = System.getenv(key);
    return property != null && !property.isEmpty() || variable != null && !variable.isEmpty();
  }

  private static String user() {
    return System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
  }

  private static String libraryKey() {
    try (InputStream in = NativeCache.class.getResourceAsStream(LIBRARY)) {
      if (in == null) {
        throw new IllegalStateException(
            "SentencePiece's native library %s is not on the class path: run the project's fat jar"
                .formatted(LIBRARY));
      }
      return Digests.sha256(in.readAllBytes()).substring(0, KEY_DIGITS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + LIBRARY, e);
    }
  }

  private static void createPrivately(Path folder) {
    try {
      try {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
      } catch (FileAlreadyExistsException e) {
        requirePrivate(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create the folder for native libraries %s: set -Djava.io.tmpdir or %s to a local folder that can be written"
              .formatted(folder, CACHE_KEY),
          e);
    }
  }

  private static void requirePrivate(Path folder) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String permissions = PosixFilePermissions.toString(attributes.permissions());
    String owner = attributes.owner().getName();
    boolean own = attributes.owner().equals(Files.getOwner(Path.of("/proc/self")));
    if (!attributes.isDirectory() || !own || !permissions.equals(OWNER_ONLY)) {
      throw new IllegalStateException(
          "the folder for native libraries %s belongs to %s with permissions %s, but must be a folder of this user's alone (%s): remove it, or set %s to another folder"
              .formatted(folder, owner, permissions, OWNER_ONLY, CACHE_KEY));
    }
  }
}
