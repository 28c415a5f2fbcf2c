package io.sparkswitch.data.shard;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Small files that are there whole or not at all: written under another name in {@value #ATTEMPTS}
 * of the same folder, then moved. What a killed writer leaves there is never read.
 */
public final class WholeFile {
  /** Folder of unfinished files, in the folder that they are meant for. */
  public static final String ATTEMPTS = "_attempts";

  private WholeFile() {}

  /** A name that nobody else writes to, for a file meant for {@code folder}. */
  public static Path attempt(Path folder, String name) {
    return new Path(new Path(folder, ATTEMPTS), name + "." + UUID.randomUUID());
  }

  /** Writes a file, in place of the one that is there. */
  public static void write(Path file, Configuration conf, byte[] content) throws IOException {
    Path attempt = attempt(file.getParent(), file.getName());
    FileSystem files = file.getFileSystem(conf);
    try (FSDataOutputStream out = files.create(attempt, false)) {
      out.write(content);
    }
    move(attempt, file, conf);
  }

  /** Gives a finished file its name, in place of the one that has it. */
  public static void move(Path attempt, Path file, Configuration conf) throws IOException {
    FileSystem files = file.getFileSystem(conf);
    files.mkdirs(file.getParent());
    // HDFS does not replace; whoever else gives this name gives it to the same content.
    if (files.exists(file)) {
      files.delete(file, false);
    }
    if (!files.rename(attempt, file) && !files.exists(file)) {
      throw new IOException("cannot move %s to %s".formatted(attempt, file));
    }
  }

  /** The content of a file, empty if there is none. */
  public static Optional<byte[]> read(Path file, Configuration conf) throws IOException {
    try (InputStream in = file.getFileSystem(conf).open(file)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
