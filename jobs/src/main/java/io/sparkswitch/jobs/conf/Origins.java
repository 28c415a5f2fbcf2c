package io.sparkswitch.jobs.conf;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;

/** Where a value was set, in words a person can follow. */
final class Origins {
  static final String COMMAND_LINE = "--set ";

  private Origins() {}

  static String describe(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    if (origin.filename() != null) {
      return origin.filename() + ":" + origin.lineNumber();
    }
    if (origin.resource() != null) {
      return "bundled " + origin.resource() + ":" + origin.lineNumber();
    }
    String text = origin.description();
    return text.startsWith(COMMAND_LINE) ? text.replaceFirst(": \\d+$", "") : text;
  }
}
