package io.sparkswitch.jobs.conf;

import com.typesafe.config.ConfigUtil;
import java.util.Locale;

/** Spelling between Java and HOCON. */
final class Keys {
  private Keys() {}

  /** {@code initialisationScale} becomes {@code initialisation-scale}. */
  static String kebab(String camel) {
    StringBuilder key = new StringBuilder();
    for (char c : camel.toCharArray()) {
      if (Character.isUpperCase(c)) {
        key.append('-');
      }
      key.append(Character.toLowerCase(c));
    }
    return key.toString();
  }

  /** {@code GATED_GELU} becomes {@code gated-gelu}. */
  static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String join(String section, String name) {
    return section.isEmpty() ? name : section + "." + name;
  }

  /** A key of a section whose keys are the user's own words, quoted where HOCON needs it. */
  static String map(String section, String word) {
    return join(section, ConfigUtil.joinPath(word));
  }
}
