package io.sparkswitch.data.source;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where the files of a corpus lie and what they are called. */
enum CorpusLayout {
  C4(List.of("", "en"), "c4-%1$s.*.json[.gz]") {
    @Override
    boolean holds(String name, Split split) {
      return name.startsWith("c4-" + split.word() + ".") && isJson(name);
    }
  },
  MC4(List.of("", "multilingual"), "c4-LANGUAGE[-validation].tfrecord-*.json[.gz]") {
    @Override
    boolean holds(String name, Split split) {
      return isMultilingual(name)
          && isJson(name)
          && name.contains("-validation.") == (split == Split.VALIDATION);
    }
  },
  SPLIT_BY_NAME(List.of(""), "*.jsonl, *.parquet, *.txt, *.warc.wet (validation in the name)") {
    @Override
    boolean holds(String name, Split split) {
      return isOther(name)
          && SourceFormat.of(name).isPresent()
          && VALIDATION_NAME.matcher(name).matches() == (split == Split.VALIDATION);
    }
  },
  SPLIT_BY_FOLDER(List.of("%1$s"), "%1$s/ with any of these") {
    @Override
    boolean holds(String name, Split split) {
      return isOther(name) && SourceFormat.of(name).isPresent();
    }
  };

  private static final Pattern VALIDATION_NAME = Pattern.compile("(.*[-_.])?validation([-_.].*)");
  private static final Pattern ABOUT_THE_CORPUS =
      Pattern.compile("(readme|licen[cs]e|notice)([-_.].*)?");

  private final List<String> folders;
  private final String lookedFor;

  CorpusLayout(List<String> folders, String lookedFor) {
    this.folders = folders;
    this.lookedFor = lookedFor;
  }

  /** Whether a file of that name, in the right folder, belongs to a split. */
  abstract boolean holds(String name, Split split);

  /** Subfolders to look into, the first that holds anything counts; empty is the folder itself. */
  List<String> folders(Split split) {
    return folders.stream().map(folder -> folder.formatted(split.word())).toList();
  }

  /** What is looked for, in words. */
  String lookedFor(Split split) {
    return lookedFor.formatted(split.word());
  }

  /**
   * Whether a name ends in plain {@code .json}, which a manifest's name does as well as a corpus
   * file's.
   */
  boolean isDoubtful(String name) {
    return this != C4 && this != MC4 && name.matches(".*\\.json(\\.[a-z0-9]+)?");
  }

  private static boolean isJson(String name) {
    return SourceFormat.of(name).filter(SourceFormat.C4_JSON::equals).isPresent();
  }

  private static boolean isMultilingual(String name) {
    return name.startsWith("c4-") && name.contains(".tfrecord-");
  }

  private static boolean isOther(String name) {
    return !name.startsWith(".")
        && !name.startsWith("_")
        && !SourceFormat.of(name).filter(SourceFormat.C4_JSON::equals).isPresent()
        && !ABOUT_THE_CORPUS.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }
}
