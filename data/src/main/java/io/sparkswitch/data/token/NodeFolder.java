package io.sparkswitch.data.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Folders of this user alone (0700) on this node, for native libraries to be unpacked into: under
 * {@value #VARIABLE} if that environment variable is set, else under the temporary folder; never
 * the home folder, which may be shared over a network.
 */
public final class NodeFolder {
  /** Environment variable with the folder to use instead of the temporary one. */
  public static final String VARIABLE = "SPARKSWITCH_NATIVE_CACHE";

  private static final String OWNER_ONLY = "rwx------";

  private NodeFolder() {}

  /**
   * The folder {@code sparkswitch-USER-KEY}, made if it is not there.
   *
   * @throws IllegalStateException if somebody else made it, or could read it
   */
  public static Path of(String key) {
    String root = System.getenv(VARIABLE);
    String user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
    Path folder =
        Path.of(root == null || root.isEmpty() ? System.getProperty("java.io.tmpdir") : root)
            .toAbsolutePath()
            .resolve("sparkswitch-%s-%s".formatted(user, key));
    try {
      Files.createDirectories(folder.getParent());
      createPrivately(folder);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create the folder for native libraries %s: set %s to a local folder that can be written"
              .formatted(folder, VARIABLE),
          e);
    }
  }

  private static void createPrivately(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
    } catch (FileAlreadyExistsException e) {
      requirePrivate(folder);
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
              .formatted(folder, owner, permissions, OWNER_ONLY, VARIABLE));
    }
  }
}
