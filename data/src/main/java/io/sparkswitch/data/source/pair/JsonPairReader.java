package io.sparkswitch.data.source.pair;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sparkswitch.data.source.read.C4Json;
import io.sparkswitch.data.source.unpack.ByteLines;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * One JSON object a line, with the strings {@code inputs} and {@code targets}; others are not read.
 */
final class JsonPairReader implements PairReader {
  private final InputStream in;
  private final ByteLines lines;
  private final int longestLine;
  private long line;

  JsonPairReader(InputStream in, int longestLine) {
    this.in = in;
    this.lines = new ByteLines(in, longestLine);
    this.longestLine = longestLine;
  }

  @Override
  public Optional<TextPair> next() throws IOException, MalformedLineException {
    if (!lines.advance()) {
      return Optional.empty();
    }
    line++;
    if (lines.overlong()) {
      throw new MalformedLineException("line of more than %d bytes".formatted(longestLine));
    }
    return Optional.of(
        C4Json.parse(lines.bytes(), lines.offset(), lines.length(), parser -> pair(parser, line)));
  }

  private static TextPair pair(JsonParser parser, long line)
      throws IOException, MalformedLineException {
    String inputs = null;
    String targets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case INPUTS -> inputs = C4Json.text(parser, value, name);
        case TARGETS -> targets = C4Json.text(parser, value, name);
        default -> parser.skipChildren();
      }
    }
    require(inputs, INPUTS);
    require(targets, TARGETS);
    return new TextPair(line, inputs, targets);
  }

  private static void require(String text, String name) throws MalformedLineException {
    if (text == null) {
      throw new MalformedLineException("no field \"%s\"".formatted(name));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
