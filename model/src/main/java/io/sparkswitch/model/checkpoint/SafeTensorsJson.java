package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sparkswitch.data.source.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON of a safetensors header, token by token: what it holds besides entries is never kept,
 * and an entry has just the fields of the format.
 */
final class SafeTensorsJson {
  private static final String METADATA = "__metadata__";
  private static final int MOST_AXES = 64;

  private final String where;
  private final JsonParser parser;
  private final Map<String, SafeTensorsEntry> entries = new LinkedHashMap<>();

  private SafeTensorsJson(String where, JsonParser parser) {
    this.where = where;
    this.parser = parser;
  }

  /**
   * @param where the file, for errors
   * @return entries by name, in the order of the header
   * @throws InputException if the header is not what the format asks for
   */
  static Map<String, SafeTensorsEntry> parse(String where, byte[] json) {
    if (json[0] != '{') {
      throw new InputException(
          "%s is no safetensors file: its header is no JSON object".formatted(where));
    }
    try (JsonParser parser =
        StrictJson.FACTORY.createParser(
            new InputStreamReader(
                new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder()))) {
      SafeTensorsJson header = new SafeTensorsJson(where, parser);
      header.root();
      return header.entries;
    } catch (IOException e) {
      throw new InputException(
          "%s is no safetensors file: its header is no JSON: %s"
              .formatted(where, StrictJson.message(e)),
          e);
    }
  }

  private void root() throws IOException {
    parser.nextToken();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      try {
        if (name.equals(METADATA)) {
          metadata();
        } else {
          entries.put(name, entry());
        }
      } catch (IllegalArgumentException e) {
        throw new InputException("%s: tensor %s: %s".formatted(where, name, e.getMessage()), e);
      }
    }
    if (parser.nextToken() != null) {
      throw new InputException(
          "%s is no safetensors file: its header goes on after the JSON".formatted(where));
    }
  }

  private void metadata() throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      parser.nextToken();
      expect(JsonToken.VALUE_STRING, "text alone");
    }
  }

  private SafeTensorsEntry entry() throws IOException {
    expect(JsonToken.START_OBJECT, "an object with dtype, shape and data_offsets");
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(JsonToken.VALUE_STRING, "a dtype's name");
          dtype = parser.getText();
        }
        case "shape" -> shape = integers(MOST_AXES);
        case "data_offsets" -> offsets = integers(2);
        default -> throw new IllegalArgumentException("it has an unknown field " + field);
      }
    }
    require("dtype", dtype);
    require("shape", shape);
    require("data_offsets", offsets);
    if (offsets.length != 2) {
      throw new IllegalArgumentException(
          "data_offsets has %d numbers instead of 2".formatted(offsets.length));
    }
    return new SafeTensorsEntry(dtype, shape, offsets[0], offsets[1]);
  }

  private long[] integers(int most) throws IOException {
    String field = parser.currentName();
    expect(JsonToken.START_ARRAY, "a list of integers");
    long[] numbers = new long[most];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new IllegalArgumentException("%s holds more than integers".formatted(field));
      }
      if (count == most) {
        throw new IllegalArgumentException("%s has more than %d numbers".formatted(field, most));
      }
      numbers[count++] = number(field);
    }
    return Arrays.copyOf(numbers, count);
  }

  private long number(String field) throws IOException {
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new IllegalArgumentException(
          "%s holds %s, which is more than 64 bits".formatted(field, parser.getText()));
    }
    return parser.getLongValue();
  }

  private void expect(JsonToken token, String what) throws IOException {
    if (parser.currentToken() != token) {
      throw new IllegalArgumentException("%s must be %s".formatted(parser.currentName(), what));
    }
  }

  private static void require(String field, Object value) {
    if (value == null) {
      throw new IllegalArgumentException("it has no " + field);
    }
  }
}
