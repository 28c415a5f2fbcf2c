package io.sparkswitch.jobs.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a configuration: {@code --set} over {@code --config} over the preset over reference.conf.
 * Neither system properties nor the environment take part.
 */
public final class ConfigLoader {
  static final String REFERENCE = "io/sparkswitch/jobs/reference.conf";

  private ConfigLoader() {}

  /**
   * The effective configuration.
   *
   * @param file the file given with {@code --config}, if any
   * @param settings what was given with {@code --set}, each {@code key=value}; later ones win
   * @throws ConfigException a file cannot be read, a key is unknown, a value is not allowed
   */
  public static RunConfig load(Optional<Path> file, List<String> settings) {
    return load(file, settings, Optional.empty());
  }

  /**
   * As {@link #load(Optional, List)}, over a configuration that a run has kept.
   *
   * @param saved a whole configuration, as {@link RunConfig#render} wrote it
   */
  public static RunConfig load(Optional<Path> file, List<String> settings, Optional<String> saved) {
    return over(saved.map(ConfigLoader::parseSaved).orElse(EMPTY), file, settings);
  }

  /** What the user gave, by file and one by one. */
  static Config given(Optional<Path> file, List<String> settings) {
    return overrides(settings).withFallback(file.map(ConfigLoader::parse).orElse(EMPTY));
  }

  /** As {@link #load(Optional, List)}, over settings that are weaker than the file's. */
  static RunConfig over(Config base, Optional<Path> file, List<String> settings) {
    try {
      Config chosen = given(file, settings).withFallback(base);
      Config resolvable = chosen.resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
      Config preset = Presets.named(resolvable.withOnlyPath(Presets.KEY), options());
      Config reference = reference();
      Config effective =
          chosen
              .withFallback(preset)
              .withFallback(reference)
              .resolve(ConfigResolveOptions.noSystem());
      Set<String> known = new TreeSet<>();
      collectKeys(reference.root(), "", known);
      requireKnown(effective.root(), "", known);
      return new SettingsBinder(effective).bind(RunConfig.class, "");
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("the configuration cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Keys of a section whose values two configurations have not in common, in words.
   *
   * @param before a whole configuration, as {@link RunConfig#render} wrote it
   */
  public static List<String> differences(String before, RunConfig now, String section) {
    Config old = sectionOf(before, section);
    Config own = sectionOf(now.render(), section);
    Set<String> keys = new TreeSet<>();
    old.entrySet().forEach(entry -> keys.add(entry.getKey()));
    own.entrySet().forEach(entry -> keys.add(entry.getKey()));
    List<String> differences = new ArrayList<>();
    for (String key : keys) {
      String then = inWords(old, key);
      String here = inWords(own, key);
      if (!then.equals(here)) {
        differences.add("%s.%s was %s and is %s".formatted(section, key, then, here));
      }
    }
    return differences;
  }

  private static Config sectionOf(String text, String section) {
    Config all = parseSaved(text);
    return all.hasPath(section) ? all.getConfig(section) : EMPTY;
  }

  private static String inWords(Config config, String key) {
    return config.hasPath(key)
        ? config.getValue(key).render(ConfigRenderOptions.concise())
        : "not set";
  }

  private static final Config EMPTY = ConfigFactory.empty();

  /** The defaults, with their comments. */
  static Config reference() {
    return ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), REFERENCE, options());
  }

  static ConfigParseOptions options() {
    return ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(new StrictIncluder());
  }

  static Config parse(Path file) {
    if (Files.isDirectory(file)) {
      throw new ConfigException("--config %s is a folder: give a file in it".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw new ConfigException("--config %s: there is no such file".formatted(file));
    }
    // A bare name has no folder that an include could be looked for in.
    Path within = file.getParent() == null ? Path.of(".").resolve(file) : file;
    return ConfigFactory.parseFile(within.toFile(), options());
  }

  private static Config parseSaved(String text) {
    return ConfigFactory.parseString(
        text, ConfigParseOptions.defaults().setOriginDescription("the run's config.conf"));
  }

  private static Config overrides(List<String> settings) {
    Config all = EMPTY;
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals <= 0) {
        throw new ConfigException(
            "--set %s: it must be key=value, such as --set training.steps=1000".formatted(setting));
      }
      all =
          override(setting.substring(0, equals).strip(), setting.substring(equals + 1).strip())
              .withFallback(all);
    }
    return all;
  }

  private static Config override(String key, String value) {
    String origin = Origins.COMMAND_LINE + key + "=" + value;
    try {
      return ConfigFactory.parseString(
          key + " = " + value, ConfigParseOptions.defaults().setOriginDescription(origin));
    } catch (com.typesafe.config.ConfigException.Parse e) {
      return EMPTY.withValue(key, ConfigValueFactory.fromAnyRef(value, origin));
    }
  }

  /** Whatever holds no keys of its own is a key, a section that is the user's to fill too. */
  private static void collectKeys(ConfigObject section, String prefix, Set<String> keys) {
    for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
      String key = Keys.join(prefix, entry.getKey());
      if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
        collectKeys(inner, key, keys);
      } else {
        keys.add(key);
      }
    }
  }

  private static void requireKnown(ConfigObject section, String prefix, Set<String> known) {
    for (Map.Entry<String, ConfigValue> entry : section.entrySet()) {
      String key = Keys.join(prefix, entry.getKey());
      boolean isSection = known.stream().anyMatch(k -> k.startsWith(key + "."));
      if (isSection && entry.getValue() instanceof ConfigObject inner) {
        requireKnown(inner, key, known);
      } else if (isSection) {
        throw new ConfigException(
            "%s is a section of settings and takes no value of its own (%s)"
                .formatted(key, Origins.describe(entry.getValue())));
      } else if (!known.contains(key)) {
        throw unknown(key, entry.getValue(), known);
      }
    }
  }

  private static ConfigException unknown(String key, ConfigValue value, Set<String> known) {
    String full = firstLeaf(key, value);
    String meant =
        Suggestion.nearest(full, known)
            .map(k -> "; did you mean %s?".formatted(k))
            .orElse("; `sparkswitch plan` prints all keys");
    return new ConfigException(
        "unknown key %s%s (%s)".formatted(full, meant, Origins.describe(value)));
  }

  private static String firstLeaf(String key, ConfigValue value) {
    if (value.valueType() == ConfigValueType.OBJECT && !((ConfigObject) value).isEmpty()) {
      Map.Entry<String, ConfigValue> inner = ((ConfigObject) value).entrySet().iterator().next();
      return firstLeaf(Keys.join(key, inner.getKey()), inner.getValue());
    }
    return key;
  }
}
