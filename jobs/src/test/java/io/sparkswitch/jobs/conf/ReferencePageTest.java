package io.sparkswitch.jobs.conf;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page of all keys is written from reference.conf, and never by hand. */
class ReferencePageTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");
  private static final String WRITE = "sparkswitch.write.docs";
  private static final String COMMAND =
      "./mvnw -pl jobs -am test -Dtest=ReferencePageTest -Dsurefire.failIfNoSpecifiedTests=false -D"
          + WRITE;

  @Test
  void thePageSaysWhatTheReferenceSays() throws IOException {
    String page = page();
    if (System.getProperty(WRITE) != null) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).as("write it with: " + COMMAND).exists();
    assertThat(Files.readString(PAGE)).as("write it anew with: " + COMMAND).isEqualTo(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Configuration

            Every key there is, with its default. Weakest first: these defaults, the preset, the file given with
            `--config`, `--set key=value`. An unknown key is refused with the nearest known one; what was in force is
            printed at the start and kept as `config.conf` in the run folder.

            Written from `reference.conf` by
            ```
            %s
            ```
            """
                .formatted(COMMAND));
    ConfigObject reference = ConfigLoader.reference().root();
    section(page, "At the top", "", reference);
    for (Map.Entry<String, ConfigValue> entry : inOrder(reference)) {
      if (entry.getValue() instanceof ConfigObject section) {
        section(page, entry.getKey(), entry.getKey() + ".", section);
      }
    }
    return page.toString();
  }

  private static void section(StringBuilder page, String title, String prefix, ConfigObject keys) {
    page.append("\n## %s\n| key | default | meaning |\n|---|---|---|\n".formatted(title));
    for (Map.Entry<String, ConfigValue> entry : inOrder(keys)) {
      ConfigValue value = entry.getValue();
      if (!(value instanceof ConfigObject inner) || inner.isEmpty()) {
        page.append(
            "| `%s` | `%s` | %s |\n"
                .formatted(prefix + entry.getKey(), text(value), meaning(value)));
      }
    }
  }

  private static String text(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise()).replace("\"", "");
  }

  /** The comment directly above the key. */
  private static String meaning(ConfigValue value) {
    return value.origin().comments().stream()
        .map(String::strip)
        .collect(Collectors.joining(" "))
        .replace("|", "\\|");
  }

  private static List<Map.Entry<String, ConfigValue>> inOrder(ConfigObject keys) {
    return keys.entrySet().stream()
        .sorted(
            Comparator.comparingInt(
                (Map.Entry<String, ConfigValue> entry) -> entry.getValue().origin().lineNumber()))
        .toList();
  }
}
