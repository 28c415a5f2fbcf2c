package io.sparkswitch.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorpusTest {
  private final Configuration conf = new Configuration();

  @TempDir Path folder;

  @Test
  void aSplitsFilesAreFoundInTheEnglishSubfolderSortedByName() throws IOException {
    write(
        "en/c4-train.00001-of-00002.json.gz",
        "en/c4-train.00000-of-00002.json",
        "en/c4-validation.00000-of-00001.json.gz",
        "en/c4-train.00000-of-00002.json.gz.md5",
        "en/notes.json");

    assertThat(files(Split.TRAIN))
        .extracting(CorpusFile::name)
        .containsExactly("c4-train.00000-of-00002.json", "c4-train.00001-of-00002.json.gz");
    String english = folder.resolve("en").toString();
    assertThat(Corpus.files(english, conf, Split.VALIDATION))
        .singleElement()
        .satisfies(file -> assertThat(file.bytes()).isEqualTo(3))
        .satisfies(file -> assertThat(file.language()).isEqualTo("en"))
        .satisfies(file -> assertThat(file.format()).isEqualTo(SourceFormat.C4_JSON));
  }

  @Test
  void multilingualFilesTellTheirLanguageAndSplitByTheirNames() throws IOException {
    write(
        "multilingual/c4-bg-Latn.tfrecord-00000-of-00001.json.gz",
        "multilingual/c4-bg.tfrecord-00000-of-00002.json.gz",
        "multilingual/c4-chr.tfrecord-00000-of-00002.json.gz",
        "multilingual/c4-bg-Latn-validation.tfrecord-00000-of-00001.json.gz",
        "multilingual/c4-und-validation.tfrecord-00000-of-00001.json.gz");

    assertThat(files(Split.TRAIN))
        .extracting(CorpusFile::language)
        .containsExactly("bg-Latn", "bg", "chr");
    assertThat(files(Split.VALIDATION))
        .extracting(CorpusFile::language)
        .containsExactly("bg-Latn", "und");
  }

  @Test
  void otherFormatsAreSplitByNameOrByFolder() throws IOException {
    write(
        "books.jsonl.gz",
        "pages-validation-0.jsonl",
        "train/a.parquet",
        "train/b.json",
        "validation/c.txt.bz2",
        "validation/d.warc.wet.gz",
        "train/_SUCCESS",
        "train/.a.parquet.crc",
        "README.txt");

    assertThat(names(Split.TRAIN)).containsExactly("books.jsonl.gz", "a.parquet");
    assertThat(names(Split.VALIDATION))
        .containsExactly("pages-validation-0.jsonl", "c.txt.bz2", "d.warc.wet.gz");
    assertThat(files(Split.VALIDATION))
        .extracting(CorpusFile::format)
        .containsExactly(SourceFormat.JSON_LINES, SourceFormat.TEXT, SourceFormat.WET);
    assertThat(files(Split.TRAIN)).extracting(CorpusFile::language).containsOnly("und");
  }

  @Test
  void plainJsonCountsOnlyWhereNothingElseDoes() throws IOException {
    write("part-0.json", "validation.json.gz");
    assertThat(names(Split.TRAIN)).containsExactly("part-0.json");
    assertThat(names(Split.VALIDATION)).containsExactly("validation.json.gz");

    write("en/c4-validation.00000-of-00001.json.gz");
    assertThatThrownBy(() -> files(Split.TRAIN)).isInstanceOf(InputException.class);
    assertThat(names(Split.VALIDATION)).containsExactly("c4-validation.00000-of-00001.json.gz");
  }

  @Test
  void namesAtTheEdgesOfTheLayoutsAreToldApart() throws IOException {
    write(
        "c4-notes.jsonl",
        "en/c4-train.00000-of-00001.json.zst",
        "en/c4-trainer.00000-of-00001.json.gz",
        "multilingual/c4-sr-Latn.tfrecord-00000-of-00001.json.gz",
        "multilingual/c4-train.tfrecord-00000-of-00001.json.gz",
        "revalidations.txt",
        "c4_validation.parquet");

    assertThat(names(Split.TRAIN))
        .containsExactly(
            "c4-notes.jsonl",
            "c4-train.00000-of-00001.json.zst",
            "c4-sr-Latn.tfrecord-00000-of-00001.json.gz",
            "revalidations.txt");
    assertThat(names(Split.VALIDATION)).containsExactly("c4_validation.parquet");
  }

  @Test
  void twoLayoutsInOneFolderAreBothTaken() throws IOException {
    write(
        "c4-train.00000-of-00001.json.gz",
        "multilingual/c4-de.tfrecord-00000-of-00001.json.gz",
        "books.jsonl");

    assertThat(names(Split.TRAIN))
        .containsExactly(
            "books.jsonl",
            "c4-train.00000-of-00001.json.gz",
            "c4-de.tfrecord-00000-of-00001.json.gz");
  }

  @Test
  void aFolderWithoutSuchFilesIsNamedWithWhatWasLookedFor() {
    assertThatThrownBy(() -> files(Split.VALIDATION))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder + " holds no validation files")
        .hasMessageContaining("looked in it, en/, multilingual/ and validation/")
        .hasMessageContaining("c4-validation.*.json[.gz]")
        .hasMessageContaining("c4-LANGUAGE[-validation].tfrecord-*.json[.gz]");
  }

  @Test
  void aMissingFolderIsNamed() {
    String missing = folder.resolve("nowhere").toString();

    assertThatThrownBy(() -> Corpus.files(missing, conf, Split.TRAIN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(missing + " does not exist");
  }

  @Test
  void aFileInPlaceOfAFolderIsRefused() throws IOException {
    String file = Files.writeString(folder.resolve("a.jsonl"), "{}").toString();

    assertThatThrownBy(() -> Corpus.files(file, conf, Split.TRAIN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file + " is a file: give the folder that it lies in");
  }

  @Test
  void whatIsPassedOverIsSaidInOneSentence() throws IOException {
    for (String name :
        List.of(
            "a.jsonl",
            "status.json",
            "config.conf",
            "_done",
            "c4-oj.tfrecord-00000-of-00001.json.gz")) {
      Files.writeString(folder.resolve(name), "");
    }

    assertThat(Corpus.remarks(folder.toString(), conf))
        .satisfiesExactly(
            files ->
                assertThat(files)
                    .isEqualTo(
                        "passing over 2 files that are none of a corpus: config.conf, status.json"),
            languages -> assertThat(languages).contains(": oj."));
  }

  @Test
  void aFileOfAnotherEndingIsNamed() {
    assertThatThrownBy(() -> CorpusFile.of("file:/a/b.csv", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file:/a/b.csv has no ending of a corpus file");
  }

  @Test
  void aColonInAFilesNameIsNamedBeforeAnythingIsRead() throws IOException {
    write("train/a.jsonl", "train/b:c.jsonl", "validation/v.jsonl");

    assertThatThrownBy(() -> files(Split.TRAIN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train/b:c.jsonl has a colon in its name")
        .hasMessageContaining("rename it");
    assertThat(names(Split.VALIDATION)).containsExactly("v.jsonl");
  }

  @ParameterizedTest
  @CsvSource({
    "a.jsonl.xz, true",
    "A.JSONL, true",
    "a.csv, true",
    "a.jsonl.gz, false",
    "c4-train.0.json, false",
    "_SUCCESS, false",
    ".a.jsonl.crc, false",
    "README.md, false"
  })
  void whatIsPassedOverForItsEndingCanBeTold(String name, boolean strange) {
    assertThat(CorpusLayout.isStrange(name)).isEqualTo(strange);
  }

  private List<CorpusFile> files(Split split) {
    return Corpus.files(folder.toString(), conf, split);
  }

  private List<String> names(Split split) {
    return files(split).stream().map(CorpusFile::name).toList();
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "xyz");
    }
  }
}
