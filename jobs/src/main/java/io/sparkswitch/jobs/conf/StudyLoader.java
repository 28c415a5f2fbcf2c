package io.sparkswitch.jobs.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads a study: a bundled one by its name, or a file of one's own. {@code scales.SCALE} lies over
 * the rest of the file; a run has {@code --set} over {@code --config} over its variant's settings
 * over {@code base}. What a variant sets itself is refused in the former two.
 */
public final class StudyLoader {
  private static final String ROOT = "io/sparkswitch/jobs";
  private static final String FOLDER = "studies";
  private static final String SUFFIX = ".conf";
  private static final String SCALES = "scales";
  private static final String VARIANT = "variant";
  private static final String SETTINGS = "settings";
  private static final String COMPARED_WITH = "compared-with";

  private static final Set<String> KEYS =
      new TreeSet<>(
          List.of(
              "title", "question", "seeds", "base", "rows", VARIANT, COMPARED_WITH, "left-out"));
  private static final Set<String> VARIANT_KEYS =
      new TreeSet<>(List.of("role", "label", "teacher", "seeds", SETTINGS));

  private final String name;
  private final String scale;
  private final Config study;
  private final Optional<Path> file;
  private final List<String> overrides;

  private StudyLoader(
      String name, String scale, Config study, Optional<Path> file, List<String> overrides) {
    this.name = name;
    this.scale = scale;
    this.study = study;
    this.file = file;
    this.overrides = overrides;
  }

  /** The names of the bundled studies. */
  public static List<String> names() {
    ClassLoader loader = StudyLoader.class.getClassLoader();
    return BundledFiles.names(loader.getResource(ConfigLoader.REFERENCE), ROOT, FOLDER).stream()
        .filter(file -> file.endsWith(SUFFIX))
        .map(file -> file.substring(0, file.length() - SUFFIX.length()))
        .sorted()
        .toList();
  }

  /**
   * @param study the name of a bundled study, or a file that ends with {@code .conf}
   * @param scale the size of its runs, such as {@code demo} or {@code paper}
   * @param file settings of all runs, if any
   * @param settings each {@code key=value}, of all runs; later ones win
   * @throws ConfigException the study cannot be read, a key is unknown, a value is not allowed
   */
  public static StudySettings load(
      String study, String scale, Optional<Path> file, List<String> settings) {
    try {
      boolean own = study.endsWith(SUFFIX);
      if (own && !Files.exists(Path.of(study))) {
        throw new ConfigException("study %s: there is no such file".formatted(study));
      }
      Config all = own ? ConfigLoader.parse(Path.of(study)) : bundled(study);
      String name = own ? nameOf(Path.of(study)) : study;
      requireKnown(all, KEYS, SCALES, "");
      Config scaled = scaled(all, scale).withFallback(all.withoutPath(SCALES)).resolve(noSystem());
      return new StudyLoader(name, scale, scaled, file, settings).settings();
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("study %s cannot be read: %s".formatted(study, e.getMessage()), e);
    }
  }

  private static Config bundled(String name) {
    List<String> names = names();
    if (!names.contains(name)) {
      throw new ConfigException(
          "study %s is not known: give one of %s, or a file that ends with %s"
              .formatted(name, String.join(", ", names), SUFFIX));
    }
    return ConfigFactory.parseResources(
        StudyLoader.class.getClassLoader(),
        String.join("/", ROOT, FOLDER, name + SUFFIX),
        ConfigLoader.options());
  }

  private static String nameOf(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static Config scaled(Config all, String scale) {
    Config scales = all.hasPath(SCALES) ? all.getConfig(SCALES) : ConfigFactory.empty();
    if (!scales.root().containsKey(scale)) {
      throw new ConfigException(
          "--scale %s is not known: this study has %s"
              .formatted(scale, String.join(", ", new TreeSet<>(scales.root().keySet()))));
    }
    Config chosen = scales.getConfig(Keys.map("", scale));
    requireKnown(chosen, KEYS, "", SCALES + "." + scale);
    return chosen;
  }

  private static ConfigResolveOptions noSystem() {
    return ConfigResolveOptions.noSystem();
  }

  private StudySettings settings() {
    List<Long> seeds = study.getLongList("seeds");
    if (seeds.isEmpty()) {
      throw new ConfigException("seeds = [] leaves nothing to run: give at least one");
    }
    Config variants = study.getConfig(VARIANT);
    List<String> rows = study.getStringList("rows");
    Map<String, String> leftOut = leftOut(variants.root().keySet(), rows);
    List<VariantSettings> all = new ArrayList<>();
    for (String row : rows) {
      if (!variants.root().containsKey(row)) {
        throw new ConfigException(
            "rows names %s, but there is no variant.%1$s (%s)"
                .formatted(row, Origins.describe(study.getValue("rows"))));
      }
      all.add(variant(row, variants.getConfig(Keys.map("", row)), seeds));
    }
    Optional<String> comparedWith =
        study.hasPath(COMPARED_WITH)
            ? Optional.of(study.getString(COMPARED_WITH))
            : Optional.empty();
    return new StudySettings(
        name,
        scale,
        study.getString("title"),
        study.getString("question"),
        seeds,
        all,
        comparedWith,
        leftOut);
  }

  /** Reasons by name; every variant is either a row or left out by name. */
  private Map<String, String> leftOut(Set<String> variants, List<String> rows) {
    Map<String, String> reasons = new LinkedHashMap<>();
    Set<String> named =
        study.hasPath("left-out") ? study.getConfig("left-out").root().keySet() : Set.of();
    for (String name : named) {
      if (!variants.contains(name)) {
        throw new ConfigException("left-out.%s: there is no variant of that name".formatted(name));
      }
    }
    for (String variant : new TreeSet<>(variants)) {
      String key = Keys.join("left-out", Keys.map("", variant));
      boolean left = study.hasPath(key);
      if (left == rows.contains(variant)) {
        throw new ConfigException(
            "variant.%s must be named either in rows or, with a reason, in left-out"
                .formatted(variant));
      }
      if (left) {
        reasons.put(variant, study.getString(key));
      }
    }
    return reasons;
  }

  private VariantSettings variant(String row, Config variant, List<Long> all) {
    requireKnown(variant, VARIANT_KEYS, "", VARIANT + "." + row);
    Config base = study.hasPath("base") ? study.getConfig("base") : ConfigFactory.empty();
    Config own = variant.hasPath(SETTINGS) ? variant.getConfig(SETTINGS) : ConfigFactory.empty();
    requireUntouched(row, own);
    List<Long> seeds = variant.hasPath("seeds") ? variant.getLongList("seeds") : all;
    if (variant.hasPath("seeds") && (seeds.isEmpty() || !all.containsAll(seeds))) {
      throw new ConfigException(
          "variant.%s.seeds = %s is not allowed: it must be some of the study's, %s"
              .formatted(row, seeds, all));
    }
    return new VariantSettings(
        row,
        role(row, variant),
        variant.getString("label"),
        variant.hasPath("teacher") ? Optional.of(variant.getString("teacher")) : Optional.empty(),
        seeds,
        ConfigLoader.over(own.withFallback(base), file, overrides));
  }

  /** What makes a row another one than its neighbours is not to be taken from it for all. */
  private void requireUntouched(String row, Config own) {
    for (Map.Entry<String, ConfigValue> entry : ConfigLoader.given(file, overrides).entrySet()) {
      if (own.hasPath(entry.getKey())) {
        throw new ConfigException(
            "%s is what variant.%s differs in, so it cannot be set for all runs (%s): write a study of your own, in which each row has its value"
                .formatted(entry.getKey(), row, Origins.describe(entry.getValue())));
      }
    }
  }

  private static VariantRole role(String row, Config variant) {
    String given = variant.getString("role");
    return Arrays.stream(VariantRole.values())
        .filter(role -> role.word().equals(given))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "variant.%s.role = %s is not allowed: it must be dense, switch, student or control (%s)"
                        .formatted(row, given, Origins.describe(variant.getValue("role")))));
  }

  private static void requireKnown(Config section, Set<String> keys, String more, String where) {
    for (Map.Entry<String, ConfigValue> entry : section.root().entrySet()) {
      String key = entry.getKey();
      if (!keys.contains(key) && !key.equals(more)) {
        String meant =
            Suggestion.nearest(key, keys).map("; did you mean %s?"::formatted).orElse("");
        throw new ConfigException(
            "unknown key %s%s (%s)"
                .formatted(Keys.join(where, key), meant, Origins.describe(entry.getValue())));
      }
    }
  }
}
