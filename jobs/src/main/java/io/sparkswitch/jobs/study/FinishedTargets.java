package io.sparkswitch.jobs.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sparkswitch.data.source.InputException;
import io.sparkswitch.jobs.study.result.StudyRun.TargetsCost;
import java.io.IOException;
import java.util.Optional;

/** What the verb {@code teach} has told of soft targets; stays when they are deleted. */
final class FinishedTargets {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private FinishedTargets() {}

  /**
   * @return empty if the verb has not ended well
   * @throws InputException if what it left is no JSON
   */
  static Optional<TargetsCost> cost(StudyFolders folders, PlannedTargets targets)
      throws IOException {
    String file = folders.costOfTargets(targets);
    Optional<String> text = folders.root().read(file);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      JsonNode node = JSON.readTree(text.get());
      return node.path("exitCode").asInt(-1) == 0
          ? Optional.of(new TargetsCost(number(node.path("seconds")), number(node.path("bytes"))))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s is not valid JSON: remove it".formatted(folders.root().uri(file)), e);
    }
  }

  private static double number(JsonNode node) {
    return node.asDouble(Double.NaN);
  }
}
