package io.sparkswitch.data.shard;

import java.io.IOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A new file, never an existing one, whose bytes are digested as they are written. */
public final class DigestingOutputFile implements OutputFile {
  private final Path path;
  private final Configuration conf;
  private final MessageDigest digest = Digests.sha256();
  private FSDataOutputStream out;
  private StableFooter footer;

  public DigestingOutputFile(Path path, Configuration conf) {
    this.path = path;
    this.conf = conf;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    FSDataOutputStream file = path.getFileSystem(conf).create(path, false);
    footer = new StableFooter(new DigestOutputStream(file, digest));
    out = new FSDataOutputStream(footer, null);
    return HadoopStreams.wrap(out);
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    throw new UnsupportedOperationException("a finished file is never overwritten: " + path);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return path.toString();
  }

  /**
   * To be called before the last row group and the footer are written: equal content, equal bytes.
   */
  public void beginFooter() {
    footer.begin();
  }

  /** SHA-256 of all bytes; call once, after the stream was closed. */
  public String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  public long bytes() {
    return out.getPos();
  }
}
