package io.sparkswitch.data.pipeline;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** The local disk with room for so many bytes more; one room for all instances. */
public final class FullDisk extends LocalFileSystem {
  private static final AtomicLong ROOM = new AtomicLong();

  /** Puts it in the place of the local disk. */
  static void use(Configuration conf, long bytes) {
    ROOM.set(bytes);
    conf.set("fs.file.impl", FullDisk.class.getName());
    conf.setBoolean("fs.file.impl.disable.cache", true);
  }

  /** What is left of it; less than nothing after a write that did not fit. */
  static long room() {
    return ROOM.get();
  }

  /** Takes it away again. */
  static void leave(Configuration conf) {
    conf.unset("fs.file.impl");
    conf.unset("fs.file.impl.disable.cache");
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    OutputStream out =
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new Limited(out), null);
  }

  private static final class Limited extends FilterOutputStream {
    Limited(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      take(1);
      out.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      take(count);
      out.write(bytes, from, count);
    }

    private static void take(long bytes) throws IOException {
      if (ROOM.addAndGet(-bytes) < 0) {
        throw new IOException("No space left on device");
      }
    }
  }
}
