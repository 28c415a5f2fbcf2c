package io.sparkswitch.data.source.unpack;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.hadoop.util.ReflectionUtils;

/**
 * The lines that a file holds. Gzip, bzip2 and Zstandard are told by the first bytes, whatever the
 * name says; other compression that Hadoop knows by the name's ending.
 */
public final class Unpacked {
  private Unpacked() {}

  /**
   * Opens the content.
   *
   * @throws WrongExtensionException if it is of a kind that has no lines
   * @throws IOException if it is damaged
   */
  public static InputStream lines(RawStream raw, String path, Configuration conf)
      throws IOException {
    PushbackInputStream content =
        new PushbackInputStream(decompressed(raw, new Path(path), conf), Magic.LENGTH);
    byte[] beginning = content.readNBytes(Magic.LENGTH);
    Optional<Magic> foreign = Magic.of(beginning);
    if (foreign.isPresent()) {
      throw new WrongExtensionException(foreign.get().content());
    }
    content.unread(beginning);
    return content;
  }

  private static InputStream decompressed(RawStream raw, Path path, Configuration conf)
      throws IOException {
    Optional<Magic> magic = Magic.of(raw.peek(Magic.LENGTH));
    if (magic.isPresent()) {
      return switch (magic.get()) {
        case GZIP -> new GzipStream(new GzipMembers(raw, 0));
        case ZSTANDARD -> new ZstdInputStream(raw);
        case BZIP2 -> new CodecStream(ReflectionUtils.newInstance(BZip2Codec.class, conf), raw);
        default -> raw;
      };
    }
    CompressionCodec codec = new CompressionCodecFactory(conf).getCodec(path);
    boolean toldByItsBytes =
        codec == null
            || codec instanceof GzipCodec
            || codec instanceof BZip2Codec
            || path.getName().endsWith(".zst");
    return toldByItsBytes ? raw : new CodecStream(codec, raw);
  }
}
