package io.sparkswitch.model.checkpoint;

import io.sparkswitch.data.shard.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Numbers for the attempts at a run, each given once, in whichever process: what an attempt that
 * was believed dead still writes never meets the files of a later one.
 */
public final class AttemptNumbers {
  /** Readers of Parquet pass over names that begin so. */
  private static final String FOLDER = "_attempts";

  private static final Pattern IN_NAME = Pattern.compile("(?:-attempt-|^manifest-)(\\d+)\\.");

  private final Path output;
  private final FileSystem files;
  private final Configuration conf;

  /**
   * @param output folder that attempts write to: of checkpoints, or of soft targets
   */
  public AttemptNumbers(String output, Configuration conf) throws IOException {
    this.conf = conf;
    this.output = new Path(output);
    this.files = this.output.getFileSystem(conf);
  }

  /** The next number. Creating its file is what claims it. */
  public int claim() throws IOException {
    byte[] own = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    Path folder = new Path(output, FOLDER);
    files.mkdirs(folder);
    int number = highestUsed(folder) + 1;
    while (true) {
      Path claim = new Path(folder, Integer.toString(number));
      if (WholeFile.writeAlone(claim, conf, own)) {
        return number;
      }
      number++;
    }
  }

  /** The number of the attempt that a file's name carries; empty if it carries none. */
  static OptionalInt in(String fileName) {
    Matcher matcher = IN_NAME.matcher(fileName);
    return matcher.find()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  private int highestUsed(Path folder) throws IOException {
    int highest = -1;
    for (FileStatus file : files.listStatus(folder, path -> path.getName().matches("\\d+"))) {
      highest = Math.max(highest, Integer.parseInt(file.getPath().getName()));
    }
    for (FileStatus step :
        files.listStatus(output, p -> p.getName().startsWith(CheckpointFolder.PREFIX))) {
      for (FileStatus file : files.listStatus(step.getPath())) {
        highest = Math.max(highest, in(file.getPath().getName()).orElse(-1));
      }
    }
    return highest;
  }
}
