package io.sparkswitch.data.clean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkswitch.data.source.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Expected values of C4's own tests. */
public final class Facts {
  private static final JsonNode ALL = load();

  private Facts() {}

  public static JsonNode of(String name) {
    return ALL.get(name);
  }

  static Document document(String text) {
    return new Document("https://a.example/page", text, "2019-04-25T12:57:54Z", "");
  }

  /** Url and text of each pair. */
  public static List<Document> documents(JsonNode pairs) {
    List<Document> documents = new ArrayList<>();
    pairs.forEach(
        pair -> documents.add(new Document(pair.get(0).asText(), pair.get(1).asText(), "", "")));
    return documents;
  }

  static Map<String, List<String>> words(JsonNode byLanguage) {
    Map<String, List<String>> words = new HashMap<>();
    byLanguage
        .properties()
        .forEach(
            entry -> {
              List<String> list = new ArrayList<>();
              entry.getValue().forEach(word -> list.add(word.asText()));
              words.put(entry.getKey(), list);
            });
    return words;
  }

  private static JsonNode load() {
    try {
      return new ObjectMapper().readTree(Facts.class.getResource("/c4_clean.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
