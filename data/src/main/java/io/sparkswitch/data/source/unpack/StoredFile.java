package io.sparkswitch.data.source.unpack;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file for Parquet's reader. As of {@link RawStream}, failures of the storage come out unchecked;
 * a place that the file does not have is damaged content.
 */
public final class StoredFile implements InputFile {
  private final Path path;
  private final FileSystem files;
  private final long length;

  public StoredFile(Path path, Configuration conf) {
    this.path = path;
    try {
      this.files = path.getFileSystem(conf);
      this.length = files.getFileStatus(path).getLen();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() {
    try {
      return new Stream(files.open(path), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private static final class Stream extends DelegatingSeekableInputStream {
    private final FSDataInputStream stored;
    private final long length;

    Stream(FSDataInputStream stored, long length) {
      super(new Failing(stored));
      this.stored = stored;
      this.length = length;
    }

    @Override
    public long getPos() {
      try {
        return stored.getPos();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void seek(long position) throws EOFException {
      if (position < 0 || position > length) {
        throw new EOFException("no byte %d in %d".formatted(position, length));
      }
      try {
        stored.seek(position);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Failing extends FilterInputStream {
    Failing(InputStream in) {
      super(in);
    }

    @Override
    public int read() {
      try {
        return in.read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      try {
        return in.read(target, offset, count);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
