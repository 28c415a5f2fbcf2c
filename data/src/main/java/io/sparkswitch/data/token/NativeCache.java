package io.sparkswitch.data.token;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where DJL unpacks SentencePiece's native library: a {@link NodeFolder} keyed by the library's
 * digest. A {@code DJL_CACHE_DIR} or {@code ENGINE_CACHE_DIR} (property or environment) set by the
 * user wins.
 *
 * <p>Concurrency: safe from any thread and process; DJL renames the finished file into place, so
 * processes that start at once on one machine may share the folder.
 */
final class NativeCache {
  private static final String CACHE_KEY = "DJL_CACHE_DIR";
  private static final List<String> KEYS = List.of("ENGINE_CACHE_DIR", CACHE_KEY);
  private static final String LIBRARY = "/native/lib/linux-x86_64/libsentencepiece_native.so";
  private static final int KEY_DIGITS = 16;

  private NativeCache() {}

  /** Sets the folder if none is set. Call before the first class of DJL loads. */
  static synchronized void ensure() {
    if (KEYS.stream().anyMatch(NativeCache::isSet)) {
      return;
    }
    Path folder = NodeFolder.of(libraryKey());
    System.setProperty(CACHE_KEY, folder.toString());
  }

  private static boolean isSet(String key) {
    String property = System.getProperty(key);
    String variable = System.getenv(key);
    return property != null && !property.isEmpty() || variable != null && !variable.isEmpty();
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
}
