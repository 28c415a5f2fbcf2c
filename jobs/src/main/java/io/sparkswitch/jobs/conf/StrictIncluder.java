package io.sparkswitch.jobs.conf;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;

/**
 * Includes relative to the including file. HOCON itself takes an included file that does not exist
 * for an empty one; here it is an error.
 */
final class StrictIncluder implements ConfigIncluder {
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    ConfigParseable file = context.relativeTo(what);
    if (file != null) {
      try {
        return file.parse(context.parseOptions().setAllowMissing(false));
      } catch (com.typesafe.config.ConfigException.IO e) {
        throw missing(what, e);
      }
    }
    throw missing(what, null);
  }

  private static ConfigException missing(String what, Throwable cause) {
    return new ConfigException(
        "include \"%s\" cannot be read; it is looked for relative to the file that includes it."
                .formatted(what)
            + " A bundled preset needs no file: preset = nano",
        cause);
  }
}
