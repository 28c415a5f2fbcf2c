package io.sparkswitch.data.source.unpack;

import java.io.IOException;
import java.io.InputStream;

/** All members of a gzip file as one stream. */
final class GzipStream extends InputStream {
  private final GzipMembers members;
  private final byte[] one = new byte[1];
  private boolean within;

  GzipStream(GzipMembers members) {
    this.members = members;
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (within || members.advance()) {
      int count = members.read(target, offset, length);
      within = count > 0;
      if (within) {
        return count;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    members.close();
  }
}
