package io.sparkswitch.jobs;

import io.sparkswitch.data.shard.WholeFile;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The user's list of addresses, one a line. */
final class AddressList {
  private AddressList() {}

  /**
   * The lines of a list.
   *
   * @param file null for no list
   * @throws InputException if there is no such file, or it is not UTF-8: an address that was read
   *     wrongly would take nothing down
   */
  static List<String> read(String file, Configuration hadoop) throws IOException {
    if (file == null) {
      return List.of();
    }
    byte[] content =
        WholeFile.read(new Path(file), hadoop)
            .orElseThrow(
                () -> new InputException("--exclude %s: there is no such file".formatted(file)));
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer text = CharBuffer.allocate(content.length);
    CoderResult end = decoder.decode(ByteBuffer.wrap(content), text, true);
    text.flip();
    // Text in UTF-16 is full of zeros, which are UTF-8 but in no address.
    if (end.isError() || text.chars().anyMatch(c -> c == 0)) {
      long line = 1 + text.chars().takeWhile(c -> c != 0).filter(c -> c == '\n').count();
      throw new InputException(
          "--exclude %s: line %d is not UTF-8: save the list as UTF-8".formatted(file, line));
    }
    return text.toString().lines().toList();
  }
}
