package io.sparkswitch.jobs.track;

import io.sparkswitch.data.shard.WholeFile;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * A folder of any Hadoop file system, for small text files that are replaced as a whole: a reader
 * sees the old text or the new one, never a part. A local disk and HDFS rename a file over another;
 * an object store shows an object when it is closed.
 */
public final class OutputFolder {
  private final Path root;
  private final FileSystem files;

  private OutputFolder(Path root, FileSystem files) {
    this.root = root;
    this.files = files;
  }

  /**
   * @param folder path or URI; need not exist
   */
  public static OutputFolder of(String folder, Configuration conf) throws IOException {
    Path path = new Path(Objects.requireNonNull(folder, "folder"));
    FileSystem files = path.getFileSystem(conf);
    return new OutputFolder(files.makeQualified(path), files);
  }

  /**
   * Creates or replaces one file.
   *
   * @param path path or URI of the file; a name alone means the working folder
   */
  public static void writeFile(String path, String text, Configuration conf) throws IOException {
    folderOf(path, conf).write(new Path(path).getName(), text);
  }

  /**
   * The folder that a file lies in.
   *
   * @param path path or URI of the file; a name alone means the working folder
   */
  public static OutputFolder folderOf(String path, Configuration conf) throws IOException {
    Path file = new Path(path);
    FileSystem files = file.getFileSystem(conf);
    Path parent = files.makeQualified(file).getParent();
    if (parent == null) {
      throw new IllegalArgumentException("%s is no file: name one in a folder".formatted(path));
    }
    return new OutputFolder(parent, files);
  }

  /** The folder's full URI. */
  public String uri() {
    return root.toString();
  }

  /** A file or folder within, as a full URI. */
  public String uri(String name) {
    return new Path(root, name).toString();
  }

  public boolean exists() throws IOException {
    return files.exists(root);
  }

  /** Whether there is a file of the folder's name, so that it cannot be a folder. */
  public boolean isFile() throws IOException {
    return files.exists(root) && files.getFileStatus(root).isFile();
  }

  public boolean exists(String name) throws IOException {
    return files.exists(new Path(root, name));
  }

  /** A file's text; empty if there is no such file. */
  public Optional<String> read(String name) throws IOException {
    return readBytes(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** A file's bytes; empty if there is no such file. */
  public Optional<byte[]> readBytes(String name) throws IOException {
    Path file = new Path(root, name);
    if (!files.exists(file)) {
      return Optional.empty();
    }
    try (FSDataInputStream in = files.open(file)) {
      return Optional.of(in.readAllBytes());
    }
  }

  /** Creates or replaces a file. */
  public void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Creates or replaces a file. */
  public void write(String name, byte[] bytes) throws IOException {
    Optional<java.nio.file.Path> local = local(name);
    if (local.isPresent()) {
      java.nio.file.Path file = local.get();
      Files.createDirectories(file.getParent());
      java.nio.file.Path draft =
          file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
      try {
        Files.write(draft, bytes);
        Files.move(
            draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
      return;
    }
    Path file = new Path(root, name);
    if (files instanceof DistributedFileSystem) {
      WholeFile.write(file, files.getConf(), bytes);
      return;
    }
    try (OutputStream out = files.create(file, true)) {
      out.write(bytes);
    }
  }

  /** The names of files and folders within that begin so; none if there is no folder. */
  List<String> names(String prefix) throws IOException {
    if (!exists()) {
      return List.of();
    }
    return Arrays.stream(files.listStatus(root, path -> path.getName().startsWith(prefix)))
        .map(status -> status.getPath().getName())
        .toList();
  }

  /**
   * A new file that grows. What is flushed can be read, except on an object store, where there is
   * no file until it is closed.
   */
  OutputStream stream(String name) throws IOException {
    Optional<java.nio.file.Path> local = local(name);
    if (local.isPresent()) {
      Files.createDirectories(local.get().getParent());
      return Files.newOutputStream(local.get());
    }
    FSDataOutputStream file = files.create(new Path(root, name), true);
    return new FilterOutputStream(file) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        file.write(bytes, offset, length);
      }

      @Override
      public void flush() throws IOException {
        if (file.hasCapability(StreamCapabilities.HFLUSH)) {
          file.hflush();
        }
      }
    };
  }

  /** Removes a file or folder within, if it is there. */
  public void delete(String name) throws IOException {
    files.delete(new Path(root, name), true);
  }

  /** The file on the local disk; empty if the folder is elsewhere. */
  Optional<java.nio.file.Path> local(String name) {
    return files instanceof LocalFileSystem
        ? Optional.of(java.nio.file.Path.of(new Path(root, name).toUri().getPath()))
        : Optional.empty();
  }
}
