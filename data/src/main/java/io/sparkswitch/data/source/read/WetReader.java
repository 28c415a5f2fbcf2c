package io.sparkswitch.data.source.read;

import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.Languages;
import io.sparkswitch.data.source.SourceRecord;
import io.sparkswitch.data.source.unpack.GzipMembers;
import io.sparkswitch.data.source.unpack.Magic;
import io.sparkswitch.data.source.unpack.RawStream;
import io.sparkswitch.data.source.unpack.Utf8;
import io.sparkswitch.data.source.unpack.WrongExtensionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.netpreserve.jwarc.MessageHeaders;

/**
 * Plain text extracted by Common Crawl: WARC conversion records, each a document; records of other
 * types are passed over. A record's place is the stored byte at which its gzip member begins, plus
 * its number there from 0, for Common Crawl writes one a member; without gzip it is the byte at
 * which the record begins.
 *
 * <p>A damaged member is one malformed record, and reading goes on with the next one that is whole.
 */
final class WetReader implements FormatReader {
  /** Stored bytes of a member to search for the next one, should this one be damaged. */
  private static final int KEEP = 16 << 20;

  private static final int BEGINNING = 1 << 16;

  private final WetMembers members;
  private final int longestText;
  private WarcRecords records;
  private int index;
  private long place;
  private long lastPlace = -1;
  private boolean placed;
  private boolean lost;

  private WetReader(WetMembers members, int longestText) {
    this.members = members;
    this.longestText = longestText;
  }

  /**
   * Opens a file, whose records of more than {@code longestText} bytes are malformed.
   *
   * @throws WrongExtensionException if it is of another kind
   */
  static WetReader open(RawStream raw, int longestText) throws WrongExtensionException {
    Optional<Magic> magic = Magic.of(raw.peek(Magic.LENGTH));
    if (magic.equals(Optional.of(Magic.GZIP))) {
      return new WetReader(new WetMembers.Packed(new GzipMembers(raw, KEEP)), longestText);
    }
    if (magic.isPresent() && magic.get() != Magic.WARC) {
      throw new WrongExtensionException(magic.get().content());
    }
    return new WetReader(new WetMembers.Plain(raw), longestText);
  }

  @Override
  public Optional<SourceRecord> next() throws IOException {
    while (true) {
      placed = false;
      try {
        if (records == null && !open()) {
          return Optional.empty();
        }
        if (records.hasNext()) {
          Optional<SourceRecord> record = record();
          if (record.isPresent()) {
            return record;
          }
        } else {
          records = null;
        }
      } catch (IOException e) {
        boolean told = lost;
        SourceRecord damaged = damaged(e);
        recover(e);
        if (!told) {
          return Optional.of(damaged);
        }
      }
    }
  }

  @Override
  public long position() {
    return place;
  }

  @Override
  public byte[] partial() {
    return new byte[0];
  }

  @Override
  public void close() {
    members.close();
  }

  private boolean open() throws IOException {
    index = 0;
    Optional<InputStream> member = members.next();
    records = member.map(WarcRecords::new).orElse(null);
    return member.isPresent();
  }

  private Optional<SourceRecord> record() throws IOException {
    place();
    MessageHeaders headers = records.next();
    index++;
    lost = false;
    if (!headers.first("WARC-Type").orElse("").equals("conversion")) {
      return Optional.empty();
    }
    lastPlace = place;
    long length = records.left();
    if (length > longestText) {
      return malformed("record of more than %d bytes".formatted(longestText), BEGINNING);
    }
    byte[] text = records.body(longestText);
    // Before the text is believed: at the end of a member its checksum is compared.
    if (!records.endsCleanly()) {
      records = null;
    }
    if (!Utf8.isValid(text, 0, text.length)) {
      return Optional.of(new SourceRecord.Malformed(place, "not UTF-8", text));
    }
    return Optional.of(new SourceRecord.Kept(place, document(headers, text)));
  }

  private Optional<SourceRecord> malformed(String reason, int beginning) throws IOException {
    return Optional.of(new SourceRecord.Malformed(place, reason, records.body(beginning)));
  }

  private static Document document(MessageHeaders headers, byte[] text) {
    String languages = headers.first("WARC-Identified-Content-Language").orElse("");
    return new Document(
        headers.first("WARC-Target-URI").orElse(""),
        new String(text, StandardCharsets.UTF_8),
        headers.first("WARC-Date").orElse(""),
        Languages.ofThreeLetters(languages.split(",")[0].strip()));
  }

  private void place() {
    long unpacked = records == null ? 0 : records.position();
    place = Math.max(lastPlace + 1, members.place(index, unpacked));
    placed = true;
  }

  private SourceRecord damaged(IOException damage) {
    if (!placed) {
      place();
    }
    lastPlace = lost ? lastPlace : place;
    return new SourceRecord.Malformed(
        place, "damaged or truncated: " + damage.getMessage(), new byte[0]);
  }

  private void recover(IOException damage) throws IOException {
    records = null;
    lost = true;
    members.recover(damage);
  }
}
