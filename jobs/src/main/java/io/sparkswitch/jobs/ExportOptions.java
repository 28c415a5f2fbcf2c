package io.sparkswitch.jobs;

import io.sparkswitch.jobs.exit.UsageException;
import java.util.List;
import picocli.CommandLine.Option;

/** For the verb that writes a Hugging Face folder. */
final class ExportOptions {
  private static final List<String> DTYPES = List.of("float32", "bfloat16");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "folder to write, on any file system Hadoop knows")
  private String to;

  @Option(
      names = "--dtype",
      defaultValue = "float32",
      paramLabel = "DTYPE",
      description = "of the weights: float32, as they are, or bfloat16, half the size")
  private String dtype;

  @Option(
      names = "--max-shard-bytes",
      defaultValue = "5000000000",
      paramLabel = "N",
      description = "tensor bytes of a file; what does not fit goes to several, with an index")
  private long maxShardBytes;

  @Option(names = "--fresh", description = "replaces another model in the folder")
  private boolean fresh;

  String to() {
    return to;
  }

  String dtype() {
    if (!DTYPES.contains(dtype)) {
      throw new UsageException("--dtype %s: it must be one of %s".formatted(dtype, DTYPES));
    }
    return dtype;
  }

  long maxShardBytes() {
    if (maxShardBytes < 1) {
      throw new UsageException(
          "--max-shard-bytes %d: it must be at least 1".formatted(maxShardBytes));
    }
    return maxShardBytes;
  }

  boolean fresh() {
    return fresh;
  }
}
