package io.sparkswitch.data.batch.example;

import io.sparkswitch.data.batch.order.RecentlyUsed;
import io.sparkswitch.data.batch.order.Shuffling;
import io.sparkswitch.data.source.InputException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Examples of a file that {@link ExampleFolder} wrote. Holds the blocks that a shuffling window
 * needs, and no open file. Not thread-safe.
 */
final class ExampleFile implements ExampleSource {
  /** Examples that are read together: as many as are shuffled together. */
  static final int BLOCK = ExampleSource.RUN;

  private final Path path;
  private final Configuration conf;
  private final ExampleManifest manifest;
  private final long count;
  private final RecentlyUsed<Integer, Example[]> blocks =
      new RecentlyUsed<>(Shuffling.MAX_WINDOW_ROW_GROUPS + 1, this::read);

  ExampleFile(Path path, Configuration conf, ExampleManifest manifest) {
    this.path = path;
    this.conf = conf;
    this.manifest = manifest;
    this.count = manifest.examples();
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public Example at(long index) {
    return blocks.at(Math.toIntExact(index / BLOCK))[Math.toIntExact(index % BLOCK)];
  }

  private Example[] read(int block) {
    List<Long> starts = manifest.blocks();
    long from = starts.get(block);
    long to = block + 1 < starts.size() ? starts.get(block + 1) : manifest.bytes();
    byte[] bytes = new byte[Math.toIntExact(to - from)];
    try (FSDataInputStream in = path.getFileSystem(conf).open(path)) {
      in.seek(from);
      new DataInputStream(in).readFully(bytes);
    } catch (EOFException e) {
      throw new InputException(
          "%s ends before example %d: remove its folder to have it made again"
              .formatted(path, (long) block * BLOCK),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    Example[] examples =
        new Example[Math.toIntExact(Math.min(BLOCK, count - (long) block * BLOCK))];
    for (int i = 0; i < examples.length; i++) {
      examples[i] = new Example(tokens(buffer), tokens(buffer));
    }
    return examples;
  }

  private static int[] tokens(ByteBuffer buffer) {
    int[] tokens = new int[buffer.getInt()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = buffer.getInt();
    }
    return tokens;
  }
}
