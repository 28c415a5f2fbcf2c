package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.io.TempDir;

/** The verbs import and export in this process, in a folder of their own. */
abstract class HuggingFaceFixture {
  static final GoldenModel SWITCH = new GoldenModel("c_switch_nodrop");
  static final GoldenModel DENSE = new GoldenModel("a_t5_v10");

  @TempDir Path folder;

  final List<String> importing(Path from, String run) {
    return List.of("import", "--from", from.toString(), "--out", path(run));
  }

  final List<String> exporting(String run, String to, String... more) {
    return with(List.of("export", "--run", path(run), "--to", path(to)), more);
  }

  static List<String> with(List<String> command, String... more) {
    return Stream.concat(command.stream(), Stream.of(more)).toList();
  }

  static String done(List<String> command) {
    InProcess.Outcome outcome = InProcess.run(command);
    assertThat(outcome.code()).as(outcome.text()).isZero();
    return outcome.text();
  }

  static AbstractStringAssert<?> refused(int code, List<String> command) {
    InProcess.Outcome outcome = InProcess.run(command);
    assertThat(outcome.code()).as(outcome.text()).isEqualTo(code);
    return assertThat(outcome.text()).doesNotContain("\tat ");
  }

  final JsonNode json(String name) throws IOException {
    return JsonMapper.builder().build().readTree(folder.resolve(name).toFile());
  }

  final String path(String name) {
    return folder.resolve(name).toString();
  }
}
