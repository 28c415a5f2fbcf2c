package io.sparkswitch.data.source.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.io.compress.CompressionCodec;

/** What a codec of Hadoop unpacks; whatever it stumbles over is damaged content. */
final class CodecStream extends FilterInputStream {
  CodecStream(CompressionCodec codec, InputStream packed) throws IOException {
    super(codec.createInputStream(packed));
  }

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IndexOutOfBoundsException | IllegalStateException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (IndexOutOfBoundsException | IllegalStateException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private static IOException damaged(RuntimeException e) {
    return new IOException("the codec gave up: " + e, e);
  }
}
