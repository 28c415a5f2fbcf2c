package io.sparkswitch.data.shard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The local disk, which remembers what it was asked; one memory for all instances. */
public final class CountingFileSystem extends LocalFileSystem {
  private static final List<Path> STATUSES = Collections.synchronizedList(new ArrayList<>());
  private static final List<Path> LISTINGS = Collections.synchronizedList(new ArrayList<>());
  private static final List<Path> OPENED = Collections.synchronizedList(new ArrayList<>());

  /** Puts it in the place of the local disk. */
  public static void use(Configuration conf) {
    conf.set("fs.file.impl", CountingFileSystem.class.getName());
    conf.setBoolean("fs.file.impl.disable.cache", true);
    forget();
  }

  /** Takes it away again. */
  public static void leave(Configuration conf) {
    conf.unset("fs.file.impl");
    conf.unset("fs.file.impl.disable.cache");
  }

  /** Forgets all questions. */
  public static void forget() {
    STATUSES.clear();
    LISTINGS.clear();
    OPENED.clear();
  }

  /** Files and folders whose status was asked for. */
  public static List<Path> statuses() {
    return List.copyOf(STATUSES);
  }

  /** Folders that were listed. */
  public static List<Path> listings() {
    return List.copyOf(LISTINGS);
  }

  /** Shards that were opened. */
  public static List<Path> openedShards() {
    return List.copyOf(OPENED).stream().filter(p -> p.getName().endsWith(".parquet")).toList();
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    STATUSES.add(path);
    return super.getFileStatus(path);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    LISTINGS.add(path);
    return super.listStatus(path);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    OPENED.add(path);
    return super.open(path, bufferSize);
  }
}
