package io.sparkswitch.data.source.unpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Kinds of files that their first bytes give away. */
public enum Magic {
  GZIP("1f8b", "gzip"),
  ZSTANDARD("28b52ffd", "Zstandard"),
  BZIP2(hex("BZh"), "bzip2"),
  PARQUET(hex("PAR1"), "Parquet"),
  WARC(hex("WARC/"), "WARC"),
  ZIP("504b0304", "ZIP"),
  XZ("fd377a585a00", "xz");

  /** As many bytes as the longest has. */
  public static final int LENGTH = 6;

  private final byte[] bytes;
  private final String content;

  Magic(String bytes, String content) {
    this.bytes = HexFormat.of().parseHex(bytes);
    this.content = content;
  }

  /** What a file that begins so is, if that can be told. */
  public static Optional<Magic> of(byte[] beginning) {
    return Arrays.stream(values()).filter(magic -> magic.begins(beginning)).findFirst();
  }

  /** Its name. */
  public String content() {
    return content;
  }

  private boolean begins(byte[] file) {
    int length = bytes.length;
    return length <= file.length && Arrays.equals(bytes, 0, length, file, 0, length);
  }

  private static String hex(String ascii) {
    return HexFormat.of().formatHex(ascii.getBytes(StandardCharsets.US_ASCII));
  }
}
