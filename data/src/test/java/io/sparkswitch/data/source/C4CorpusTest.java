package io.sparkswitch.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class C4CorpusTest {
  private final Configuration conf = new Configuration();

  @TempDir Path folder;

  @Test
  void aSplitsFilesAreFoundInTheEnglishSubfolderSortedByName() throws IOException {
    Path english = Files.createDirectory(folder.resolve("en"));
    for (String name :
        new String[] {
          "c4-train.00001-of-00002.json.gz",
          "c4-train.00000-of-00002.json",
          "c4-validation.00000-of-00001.json.gz",
          "c4-train.00000-of-00002.json.gz.md5",
          "notes.json"
        }) {
      Files.writeString(english.resolve(name), "xyz");
    }

    assertThat(C4Corpus.files(folder.toString(), conf, Split.TRAIN))
        .extracting(CorpusFile::name)
        .containsExactly("c4-train.00000-of-00002.json", "c4-train.00001-of-00002.json.gz");
    assertThat(C4Corpus.files(english.toString(), conf, Split.VALIDATION))
        .singleElement()
        .satisfies(file -> assertThat(file.bytes()).isEqualTo(3));
  }

  @Test
  void aFolderWithoutSuchFilesIsNamedWithThePattern() {
    assertThatThrownBy(() -> C4Corpus.files(folder.toString(), conf, Split.VALIDATION))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("c4-validation.*.json.gz");
  }

  @Test
  void aMissingFolderIsNamed() {
    String missing = folder.resolve("nowhere").toString();

    assertThatThrownBy(() -> C4Corpus.files(missing, conf, Split.TRAIN))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(missing + " does not exist");
  }
}
