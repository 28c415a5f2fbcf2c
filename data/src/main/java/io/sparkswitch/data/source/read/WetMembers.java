package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.unpack.GzipMembers;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The stretches of a WET file that can be read each without the others. */
interface WetMembers extends Closeable {

  /** The next stretch; empty at the end. */
  Optional<InputStream> next() throws IOException;

  /** Place of a record: the {@code index}-th of its stretch, at a byte of what was unpacked. */
  long place(int index, long unpacked);

  /**
   * Goes on behind damage.
   *
   * @throws IOException that very damage, if there is no way to
   */
  void recover(IOException damage) throws IOException;

  @Override
  void close();

  /** One stretch: the file as it is stored. */
  final class Plain implements WetMembers {
    private final InputStream stored;
    private boolean given;

    Plain(InputStream stored) {
      this.stored = stored;
    }

    @Override
    public Optional<InputStream> next() {
      Optional<InputStream> next = given ? Optional.empty() : Optional.of(stored);
      given = true;
      return next;
    }

    @Override
    public long place(int index, long unpacked) {
      return unpacked;
    }

    @Override
    public void recover(IOException damage) throws IOException {
      throw damage;
    }

    @Override
    public void close() {}
  }

  /** A stretch a gzip member. */
  final class Packed implements WetMembers {
    private final GzipMembers gzip;

    Packed(GzipMembers gzip) {
      this.gzip = gzip;
    }

    @Override
    public Optional<InputStream> next() throws IOException {
      return gzip.advance() ? Optional.of(new GzipMember(gzip)) : Optional.empty();
    }

    @Override
    public long place(int index, long unpacked) {
      return gzip.start() + index;
    }

    @Override
    public void recover(IOException damage) {
      gzip.recover();
    }

    @Override
    public void close() {
      gzip.close();
    }
  }

  /** The member that is being read. */
  final class GzipMember extends InputStream {
    private final GzipMembers gzip;
    private final byte[] one = new byte[1];

    GzipMember(GzipMembers gzip) {
      this.gzip = gzip;
    }

    @Override
    public int read() throws IOException {
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return length == 0 ? 0 : gzip.read(target, offset, length);
    }
  }
}
