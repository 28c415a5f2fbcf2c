package io.sparkswitch.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sparkswitch.data.source.InputException;
import java.util.OptionalDouble;

/** Reads JSON that other verbs wrote, with errors that name the file. */
final class JsonText {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private JsonText() {}

  static JsonNode missing() {
    return MissingNode.getInstance();
  }

  /**
   * @param where the file, and the line where there are several, for the error
   * @throws InputException if the text is not JSON
   */
  static JsonNode parse(String text, String where) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not valid JSON (%s): remove it, or run the verb that wrote it again"
              .formatted(where, e.getOriginalMessage()),
          e);
    }
  }

  static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** A finite number, or nothing: NaN is no result. */
  static OptionalDouble number(JsonNode node) {
    return node.isNumber() && Double.isFinite(node.doubleValue())
        ? OptionalDouble.of(node.doubleValue())
        : OptionalDouble.empty();
  }
}
