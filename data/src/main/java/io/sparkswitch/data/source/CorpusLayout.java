package io.sparkswitch.data.source;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the files of a corpus lie and what they are called. */
enum CorpusLayout {
  C4(List.of("", "en"), "c4-%1$s.*.json[.gz]") {
    @Override
    boolean holds(String name, Split split) {
      return isC4Json(name) && name.startsWith("c4-" + split.word() + ".");
    }
  },
  MC4(List.of("", "multilingual"), "c4-LANGUAGE[-validation].tfrecord-*.json[.gz]") {
    @Override
    boolean holds(String name, Split split) {
      return isC4Json(name)
          && name.contains(".tfrecord-")
          && !name.startsWith("c4-train.")
          && !name.startsWith("c4-validation.")
          && name.contains("-validation.tfrecord-") == (split == Split.VALIDATION);
    }
  },
  SPLIT_BY_NAME(
      List.of(""),
      "*.jsonl, *.json, *.parquet, *.txt, *.warc.wet (validation in the name or not)") {
    @Override
    boolean holds(String name, Split split) {
      return isOther(name)
          && VALIDATION_NAME.matcher(name).matches() == (split == Split.VALIDATION);
    }
  },
  SPLIT_BY_FOLDER(List.of("%1$s"), "%1$s/ with any of these") {
    @Override
    boolean holds(String name, Split split) {
      return isOther(name);
    }
  };

  private static final Pattern VALIDATION_NAME = Pattern.compile("(.*[-_.])?validation[-_.].*");
  private static final Pattern PLAIN_JSON = Pattern.compile(".*\\.json(\\.[a-z0-9]+)?");
  private static final Pattern NO_DOCUMENTS =
      Pattern.compile("[._].*|(readme|licen[cs]e|notice)([-_.].*)?");

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

  /** Whether a file of this layout may be some tool's record rather than a corpus file. */
  boolean isDoubtful(String name) {
    return this != C4 && this != MC4 && PLAIN_JSON.matcher(name).matches();
  }

  /** Whether a file of that name may be meant for a corpus, but has no ending of one. */
  static boolean isStrange(String name) {
    return SourceFormat.of(name).isEmpty()
        && !NO_DOCUMENTS.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private static boolean isC4Json(String name) {
    return SourceFormat.of(name).equals(Optional.of(SourceFormat.C4_JSON));
  }

  private static boolean isOther(String name) {
    return SourceFormat.of(name).isPresent()
        && !isC4Json(name)
        && !NO_DOCUMENTS.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }
}
