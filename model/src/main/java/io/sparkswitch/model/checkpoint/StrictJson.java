package io.sparkswitch.model.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;

/** JSON of strangers: no name twice, and no depth, number or text beyond what the formats need. */
final class StrictJson {
  /**
   * A header nests an object, a tensor's object and its list; an index or configuration as much.
   */
  private static final int DEPTH = 16;

  private static final int DIGITS = 32;
  private static final int TEXT = 1 << 20;
  private static final int NAME = 1 << 12;

  /** Makes the parsers. Names are not interned: a file's would stay in memory. */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH)
                  .maxNumberLength(DIGITS)
                  .maxStringLength(TEXT)
                  .maxNameLength(NAME)
                  .build())
          .build();

  private StrictJson() {}

  /** The reason without the source's location, which quotes the text. */
  static String message(IOException e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.toString();
  }
}
