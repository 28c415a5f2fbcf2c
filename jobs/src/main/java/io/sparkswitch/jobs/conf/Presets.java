package io.sparkswitch.jobs.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;

/** The architectures that come with the jar: conf/presets of the repository. */
final class Presets {
  static final String KEY = "preset";
  static final String NONE = "none";
  static final List<String> NAMES = List.of("nano", "nano-switch", "t5-base", "switch-base-8");

  private static final String FOLDER = "io/sparkswitch/jobs/presets/";

  private Presets() {}

  /**
   * The preset that a configuration names; empty for none.
   *
   * @throws ConfigException no preset has the name
   */
  static Config named(Config chosen, ConfigParseOptions options) {
    String name = chosen.hasPath(KEY) ? String.valueOf(chosen.getAnyRef(KEY)) : NONE;
    if (name.equals(NONE)) {
      return ConfigFactory.empty();
    }
    if (!NAMES.contains(name)) {
      String nearest =
          Suggestion.nearest(name, NAMES).map(n -> "; did you mean " + n + "?").orElse("");
      throw new ConfigException(
          "preset = %s is not allowed: it must be one of %s or none%s (%s)"
              .formatted(
                  name, String.join(", ", NAMES), nearest, Origins.describe(chosen.getValue(KEY))));
    }
    return ConfigFactory.parseResources(
        Presets.class.getClassLoader(), FOLDER + name + ".conf", options);
  }
}
