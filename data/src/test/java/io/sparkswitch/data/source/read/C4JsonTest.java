package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.Document;
import io.sparkswitch.data.source.unpack.MalformedLineException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class C4JsonTest {
  @Test
  void aPublishedLineGivesItsFields() throws MalformedLineException {
    String line =
        "{\"text\":\"Beginners BBQ\\nClass \\u00e9\",\"timestamp\":\"2019-04-25T12:57:54Z\",\"url\":\"https://a.b\"}\r";

    assertThat(parse(line))
        .isEqualTo(
            new Document("https://a.b", "Beginners BBQ\nClass é", "2019-04-25T12:57:54Z", ""));
  }

  @Test
  void unknownFieldsOfAnyKindAreSkipped() throws MalformedLineException {
    String line = "{\"meta\":{\"text\":[1]},\"text\":\"a\",\"url\":null,\"n\":[{}]}";

    assertThat(parse(line)).isEqualTo(new Document("", "a", "", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|empty line",
        "`  `|empty line",
        "hello|not JSON",
        "{\"text\":\"a|not JSON",
        "{\"text\":\"a\"|not JSON",
        "[\"text\"]|not a JSON object",
        "\"text\"|not a JSON object",
        "{}|no field \"text\"",
        "{\"url\":\"a\"}|no field \"text\"",
        "{\"text\":null}|field \"text\" is not a string",
        "{\"text\":5}|field \"text\" is not a string",
        "{\"text\":{\"a\":1}}|field \"text\" is not a string",
        "{\"text\":\"a\"} {\"text\":\"b\"}|something follows the JSON object",
        "{\"text\":\"a\"}]|something follows the JSON object",
        "{\"text\":\"a\"} garbage|something follows the JSON object",
      })
  void aLineWithoutADocumentTellsWhy(String line, String reason) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(MalformedLineException.class)
        .hasMessageStartingWith(reason);
  }

  private static Document parse(String line) throws MalformedLineException {
    byte[] bytes = ("}" + line + "{").getBytes(StandardCharsets.UTF_8);
    return C4Json.parse(bytes, 1, bytes.length - 2);
  }
}
