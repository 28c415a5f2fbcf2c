package io.sparkswitch.data.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.stream.IntStream;

/** Expected values of other implementations, from the test resources. */
public final class Facts {
  private Facts() {}

  public static JsonNode of(String name) {
    try (var in = Facts.class.getResourceAsStream("/" + name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}
