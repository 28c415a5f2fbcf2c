package io.sparkswitch.jobs.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The architectures that come with the jar: the files of conf/presets of the repository. */
public final class Presets {
  static final String KEY = "preset";
  static final String NONE = "none";

  private static final String ROOT = "io/sparkswitch/jobs";
  private static final String FOLDER = "presets";
  private static final String SUFFIX = ".conf";
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private Presets() {}

  /** The names of all, those with numbers in the numbers' order. */
  public static List<String> names() {
    ClassLoader loader = Presets.class.getClassLoader();
    return BundledFiles.names(loader.getResource(ConfigLoader.REFERENCE), ROOT, FOLDER).stream()
        .filter(name -> name.endsWith(SUFFIX))
        .map(name -> name.substring(0, name.length() - SUFFIX.length()))
        .sorted(Comparator.comparing(Presets::withLongNumbers))
        .toList();
  }

  private static String withLongNumbers(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(number -> "%09d".formatted(Integer.parseInt(number.group())));
  }

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
    List<String> names = names();
    if (!names.contains(name)) {
      String nearest =
          Suggestion.nearest(name, names).map("; did you mean %s?"::formatted).orElse("");
      throw new ConfigException(
          "preset = %s is not allowed%s (%s)\nIt must be none or one of\n%s"
              .formatted(
                  name, nearest, Origins.describe(chosen.getValue(KEY)), linePerFamily(names)));
    }
    return ConfigFactory.parseResources(
        Presets.class.getClassLoader(), String.join("/", ROOT, FOLDER, name + SUFFIX), options);
  }

  private static String linePerFamily(Collection<String> names) {
    return names.stream()
        .collect(
            Collectors.groupingBy(
                name -> name.replaceFirst("-.*", ""), TreeMap::new, Collectors.joining(", ")))
        .values()
        .stream()
        .map("  "::concat)
        .collect(Collectors.joining("\n"));
  }
}
