package io.sparkswitch.jobs.track;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.jobs.exit.ExitCode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a verb stands, as {@code status.json} says it.
 *
 * @param exitCode empty while it is running
 * @param message one sentence
 * @param seconds wall clock spent on the folder by this verb, earlier starts included
 */
record Status(
    String verb,
    State state,
    OptionalInt exitCode,
    String message,
    Instant startedAt,
    Instant updatedAt,
    double seconds) {

  enum State {
    RUNNING,
    DONE,
    FAILED,
    INTERRUPTED;

    static State of(ExitCode code) {
      return switch (code) {
        case DONE -> DONE;
        case INTERRUPTED -> INTERRUPTED;
        default -> FAILED;
      };
    }
  }

  String toJson() {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("verb", verb);
    node.put("state", state.name().toLowerCase(Locale.ROOT));
    exitCode.ifPresent(code -> node.put("exitCode", code));
    node.put("message", message);
    node.put("startedAt", startedAt.toString());
    node.put("updatedAt", updatedAt.toString());
    node.put("seconds", seconds);
    node.put("pid", ProcessHandle.current().pid());
    return node.toPrettyString() + "\n";
  }

  /** Seconds that a verb's earlier starts spent; none if the text is another verb's or damaged. */
  static Optional<Double> seconds(String json, String verb) {
    try {
      JsonNode node = Json.MAPPER.readTree(json);
      return node.path("verb").asText().equals(verb) && node.path("seconds").isNumber()
          ? Optional.of(node.path("seconds").doubleValue())
          : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
