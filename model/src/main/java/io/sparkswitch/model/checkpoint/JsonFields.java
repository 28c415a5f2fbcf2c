package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import java.io.IOException;

/** The fields of a JSON object by type; a field that is absent or null has its default. */
final class JsonFields {
  private static final JsonMapper JSON =
      JsonMapper.builder(StrictJson.FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String where;
  private final JsonNode root;

  /**
   * @throws InputException if the text is no JSON object
   */
  JsonFields(String where, String json) {
    this.where = where;
    try {
      this.root = JSON.readTree(json);
    } catch (IOException e) {
      throw new InputException("%s is no JSON: %s".formatted(where, StrictJson.message(e)), e);
    }
    if (!root.isObject()) {
      throw new InputException("%s is no JSON object".formatted(where));
    }
  }

  boolean has(String field) {
    return root.hasNonNull(field);
  }

  /** A positive integer that must be there. */
  int size(String field) {
    if (!has(field)) {
      throw refused(field, "it must be there");
    }
    return size(field, 0);
  }

  /** A positive integer. */
  int size(String field, int absent) {
    int value = integer(field, absent);
    if (value < 1) {
      throw refused(field, "it must be at least 1");
    }
    return value;
  }

  int integer(String field, int absent) {
    JsonNode node = root.path(field);
    if (!has(field)) {
      return absent;
    }
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw refused(field, "it must be an integer");
    }
    return node.intValue();
  }

  double number(String field, double absent) {
    if (!has(field)) {
      return absent;
    }
    if (!root.path(field).isNumber() || !Double.isFinite(root.path(field).doubleValue())) {
      throw refused(field, "it must be a number");
    }
    return root.path(field).doubleValue();
  }

  boolean flag(String field, boolean absent) {
    if (!has(field)) {
      return absent;
    }
    if (!root.path(field).isBoolean()) {
      throw refused(field, "it must be true or false");
    }
    return root.path(field).booleanValue();
  }

  String text(String field, String absent) {
    if (!has(field)) {
      return absent;
    }
    if (!root.path(field).isTextual()) {
      throw refused(field, "it must be text");
    }
    return root.path(field).textValue();
  }

  /** Refuses the field's value with a reason. */
  InputException refused(String field, String reason) {
    JsonNode node = root.path(field);
    return new InputException(
        "%s: %s %s, but %s"
            .formatted(where, field, node.isMissingNode() ? "is absent" : "= " + node, reason));
  }
}
