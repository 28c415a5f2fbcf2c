package io.sparkswitch.data.shard;

import static org.apache.hadoop.fs.Options.CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * Small files that are there whole or not at all: written under another name in {@value #ATTEMPTS}
 * of the same folder, then moved. What a killed writer leaves there is never read.
 */
public final class WholeFile {
  /** Folder of unfinished files, in the folder that they are meant for. */
  public static final String ATTEMPTS = "_attempts";

  /** Hadoop's switch, for stores that cannot create on a condition. */
  private static final String CONDITIONAL = "fs.s3a.create.conditional.enabled";

  private WholeFile() {}

  /** A name that nobody else writes to, for a file meant for {@code folder}. */
  public static Path attempt(Path folder, String name) {
    return new Path(new Path(folder, ATTEMPTS), name + "." + UUID.randomUUID());
  }

  /** Writes a file, in place of the one that is there; for the one writer of a folder. */
  public static void write(Path file, Configuration conf, byte[] content) throws IOException {
    Path attempt = written(file, conf, content);
    FileSystem files = file.getFileSystem(conf);
    if (files instanceof DistributedFileSystem hdfs) {
      hdfs.rename(attempt, file, Options.Rename.OVERWRITE);
      return;
    }
    files.delete(file, false);
    move(attempt, file, conf);
  }

  /** Writes a file whose name determines its content; one that is there stays. */
  public static void writeOnce(Path file, Configuration conf, byte[] content) throws IOException {
    move(written(file, conf, content), file, conf);
  }

  /**
   * Gives a finished file its name, which determines its content: if it has been given, by another
   * attempt at the same task, that file stays and this one goes.
   */
  public static void move(Path attempt, Path file, Configuration conf) throws IOException {
    FileSystem files = file.getFileSystem(conf);
    files.mkdirs(file.getParent());
    if (files.exists(file)) {
      files.delete(attempt, false);
    } else if (!files.rename(attempt, file) && !files.exists(file)) {
      throw new IOException("cannot move %s to %s".formatted(attempt, file));
    }
  }

  private static Path written(Path file, Configuration conf, byte[] content) throws IOException {
    Path attempt = attempt(file.getParent(), file.getName());
    try (FSDataOutputStream out = file.getFileSystem(conf).create(attempt, false)) {
      out.write(content);
    }
    return attempt;
  }

  /**
   * Writes a file that nobody else has written, nor writes at the same time.
   *
   * @param content unlike anybody else's
   * @return whether it was this one that wrote it; if not, the file is somebody else's
   * @throws IOException if it cannot be written; what there is of it is removed
   */
  public static boolean writeAlone(Path file, Configuration conf, byte[] content)
      throws IOException {
    FSDataOutputStream out;
    try {
      out = createAlone(file, conf);
    } catch (IOException e) {
      if (file.getFileSystem(conf).exists(file)) {
        return false;
      }
      throw e;
    }
    try (out) {
      out.write(content);
      return true;
    } catch (IOException e) {
      return isOwn(file, conf, content, e);
    }
  }

  /** An object store refuses, or loses its answer, only when the file is closed. */
  private static boolean isOwn(Path file, Configuration conf, byte[] content, IOException why)
      throws IOException {
    try {
      Optional<byte[]> there = read(file, conf).filter(bytes -> bytes.length > 0);
      if (there.isPresent()) {
        return Arrays.equals(there.get(), content);
      }
    } catch (IOException unreadable) {
      why.addSuppressed(unreadable);
    }
    try {
      file.getFileSystem(conf).delete(file, false);
    } catch (IOException kept) {
      why.addSuppressed(kept);
    }
    throw new IOException("cannot write %s: %s".formatted(file, why.getMessage()), why);
  }

  private static FSDataOutputStream createAlone(Path file, Configuration conf) throws IOException {
    FileSystem files = file.getFileSystem(conf);
    if (files instanceof LocalFileSystem local) { // which looks first and creates then
      files.mkdirs(file.getParent());
      Files.createFile(local.pathToFile(file).toPath());
      try {
        return files.create(file, true);
      } catch (IOException e) {
        Files.delete(local.pathToFile(file).toPath());
        throw e;
      }
    }
    FSDataOutputStreamBuilder<?, ?> builder = files.createFile(file);
    builder.recursive();
    builder.overwrite(false);
    if (conf.getBoolean(CONDITIONAL, true)) {
      builder.opt(FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    }
    return builder.build();
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
