package io.sparkswitch.data.source.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import io.sparkswitch.data.source.unpack.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;

/** C4's lines: one JSON object with {@code text}, and usually {@code timestamp} and {@code url}. */
public final class C4Json {
  // Field names are not interned and may collide: what they are is the corpus's choice. Charset
  // detection would take a line of zero bytes for UTF-32.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private C4Json() {}

  /**
   * Reads one line. Fields it does not know are skipped; of a repeated field the last one counts.
   *
   * @throws MalformedLineException if the bytes are not UTF-8, or not one JSON object with a string
   *     {@code text}, or nested deeper than Jackson allows
   */
  static Document parse(byte[] line, int offset, int length) throws MalformedLineException {
    return parse(line, offset, length, C4Json::fields);
  }

  /** What is made of the fields of an object. */
  public interface Fields<T> {
    T of(JsonParser parser) throws IOException, MalformedLineException;
  }

  /** As {@link #parse(byte[], int, int)}, with other fields. */
  public static <T> T parse(byte[] line, int offset, int length, Fields<T> fields)
      throws MalformedLineException {
    if (!Utf8.isValid(line, offset, length)) {
      throw new MalformedLineException("not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(line, offset, length)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new MalformedLineException("empty line");
      }
      if (first != JsonToken.START_OBJECT) {
        throw new MalformedLineException("not a JSON object");
      }
      T all = fields.of(parser);
      requireEnd(parser);
      return all;
    } catch (JsonProcessingException e) {
      throw new MalformedLineException("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Document fields(JsonParser parser) throws IOException, MalformedLineException {
    String url = "";
    String text = null;
    String timestamp = "";
    String language = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "text" -> text = text(parser, value, name);
        case "url" -> url = stringOrEmpty(parser, value);
        case "timestamp" -> timestamp = stringOrEmpty(parser, value);
        case "language" -> language = stringOrEmpty(parser, value);
        default -> parser.skipChildren();
      }
    }
    if (text == null) {
      throw new MalformedLineException("no field \"text\"");
    }
    return new Document(url, text, timestamp, language);
  }

  /** The string that a field has to hold. */
  public static String text(JsonParser parser, JsonToken value, String name)
      throws IOException, MalformedLineException {
    if (value != JsonToken.VALUE_STRING) {
      throw new MalformedLineException("field \"%s\" is not a string".formatted(name));
    }
    int from = parser.getTextOffset();
    requireWholeCharacters(parser.getTextCharacters(), from, from + parser.getTextLength(), name);
    return parser.getText();
  }

  /** An escape can name half of a surrogate pair, which no encoding of Unicode can write. */
  private static void requireWholeCharacters(char[] text, int from, int to, String name)
      throws MalformedLineException {
    for (int i = from; i < to; i++) {
      char c = text[i];
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c) && i + 1 < to && Character.isLowSurrogate(text[i + 1]);
        if (!pair) {
          throw new MalformedLineException(
              "half a character in field \"%s\": \\u%04x".formatted(name, (int) c));
        }
        i++;
      }
    }
  }

  private static String stringOrEmpty(JsonParser parser, JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return "";
  }

  private static void requireEnd(JsonParser parser) throws IOException, MalformedLineException {
    boolean ended;
    try {
      ended = parser.nextToken() == null;
    } catch (JsonProcessingException e) {
      ended = false;
    }
    if (!ended) {
      throw new MalformedLineException("something follows the JSON object");
    }
  }
}
