package io.sparkswitch.jobs.conf;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A study: trainings that are compared, each once a seed.
 *
 * @param name of its file, without the ending
 * @param scale the size it is asked for at, one of those that the file has
 * @param title what it is about
 * @param question what its figures are to answer
 * @param seeds a pair each: runs of one seed have the same data order, masks and initial draws
 * @param variants the rows of its table, teachers before their students
 * @param comparedWith the row that others are compared with besides the dense one
 * @param leftOut what the file names and does not run, with the reason
 */
public record StudySettings(
    String name,
    String scale,
    String title,
    String question,
    List<Long> seeds,
    List<VariantSettings> variants,
    Optional<String> comparedWith,
    Map<String, String> leftOut) {

  public StudySettings {
    seeds = List.copyOf(seeds);
    variants = List.copyOf(variants);
    leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
    require(new HashSet<>(seeds).size() == seeds.size(), "seeds = %s names one twice", seeds);
    requireDistinct(variants);
    long dense = variants.stream().filter(v -> v.role() == VariantRole.DENSE).count();
    require(dense == 1, "%d rows have the role dense, one is what others are compared with", dense);
    variants.forEach(StudySettings::requireRole);
    variants.forEach(StudySettings::requireTargets);
    requireTeachers(variants);
    requireCompared(comparedWith, variants, leftOut);
    requireOneText(variants);
  }

  /** The row that others are compared with besides the dense one, if it is not left out. */
  public Optional<VariantSettings> compared() {
    return comparedWith.flatMap(
        name -> variants.stream().filter(variant -> variant.name().equals(name)).findFirst());
  }

  /** The row that others are compared with. */
  public VariantSettings dense() {
    return variants.stream().filter(v -> v.role() == VariantRole.DENSE).findFirst().orElseThrow();
  }

  /**
   * @throws IllegalArgumentException if there is no such row
   */
  public VariantSettings variant(String wanted) {
    return variants.stream()
        .filter(variant -> variant.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no row " + wanted));
  }

  private static void requireCompared(
      Optional<String> comparedWith, List<VariantSettings> variants, Map<String, String> leftOut) {
    for (String other : comparedWith.stream().toList()) {
      require(
          variants.stream().noneMatch(v -> v.role() == VariantRole.DENSE && v.name().equals(other)),
          "compared-with = %s is the dense row, which all are compared with anyway: leave it out",
          other);
      require(
          leftOut.containsKey(other)
              || variants.stream().anyMatch(variant -> variant.name().equals(other)),
          "compared-with = %s is no row: name one of rows",
          other);
    }
  }

  private static void requireDistinct(List<VariantSettings> variants) {
    Set<String> names = new HashSet<>();
    for (VariantSettings variant : variants) {
      require(names.add(variant.name()), "rows names %s twice", variant.name());
    }
  }

  private static void requireRole(VariantSettings variant) {
    int experts = variant.config().model().numExperts();
    boolean sparse = variant.config().model().sparse();
    require(
        variant.role() != VariantRole.DENSE || !sparse,
        "variant.%s has the role dense, but model.num-experts = %d: set it for other rows alone",
        variant.name(),
        experts);
    require(
        variant.role() != VariantRole.SWITCH || sparse,
        "variant.%s has the role switch, but model.num-experts = %d: give it experts",
        variant.name(),
        experts);
    require(
        variant.role() != VariantRole.STUDENT || variant.teacher().isPresent(),
        "variant.%s has the role student, but no teacher: name the row it learns from",
        variant.name());
  }

  /** What would be refused only when the teacher is trained and its targets are made. */
  private static void requireTargets(VariantSettings variant) {
    if (!variant.usesStoredTargets()) {
      return;
    }
    RunConfig config = variant.config();
    require(
        config.teach().temperature() == config.distill().temperature(),
        "variant.%s has distill.temperature = %s, but teach.temperature = %s: set both alike",
        variant.name(),
        config.distill().temperature(),
        config.teach().temperature());
    long steps = config.teach().steps();
    require(
        steps == 0 || steps >= config.training().steps(),
        "variant.%s trains %d steps, but teach.steps = %d: leave it auto",
        variant.name(),
        config.training().steps(),
        steps);
  }

  private static void requireTeachers(List<VariantSettings> variants) {
    Set<String> before = new HashSet<>();
    for (VariantSettings variant : variants) {
      variant
          .teacher()
          .ifPresent(
              teacher ->
                  require(
                      before.contains(teacher),
                      "variant.%s.teacher = %s is no row before it: add it to rows",
                      variant.name(),
                      teacher));
      require(
          variant.teacher().isEmpty() || !variant.config().model().sparse(),
          "variant.%s has experts, but a student is dense: set model.num-experts = 0",
          variant.name());
      before.add(variant.name());
    }
  }

  /** Runs that are compared read the same shards, with the same masks of the validation split. */
  private static void requireOneText(List<VariantSettings> variants) {
    VariantSettings first = variants.get(0);
    for (VariantSettings other : variants) {
      require(
          Objects.equals(text(other.config()), text(first.config())),
          "variant.%s and variant.%s differ in data, vocab, prepare, demo-corpus or"
              + " training.evaluation-seed: what is compared must read the same text",
          first.name(),
          other.name());
    }
  }

  private static String text(RunConfig config) {
    return config.render(List.of("data", "vocab", "prepare", "demo-corpus"))
        + config.training().evaluationSeed();
  }

  private static void require(boolean allowed, String sentence, Object... values) {
    if (!allowed) {
      throw new ConfigException(sentence.formatted(values));
    }
  }
}
