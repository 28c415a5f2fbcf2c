package io.sparkswitch.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LanguagesTest {
  @Test
  void languagesThatWereNotPublishedAreNamed() {
    List<CorpusFile> files =
        Stream.of("oj", "de", "chr", "und")
            .map(code -> CorpusFile.of("file:/a/c4-%s.tfrecord-0-of-1.json.gz".formatted(code), 1))
            .toList();

    assertThat(Languages.remark(files))
        .hasValueSatisfying(remark -> assertThat(remark).contains(": chr, oj."));
    assertThat(Languages.remark(files.subList(1, 2))).isEmpty();
  }

  @Test
  void threeLettersBecomeThePublishedCode() {
    assertThat(
            Stream.of("eng", "heb", "nor", "zho", "fil", "chr", "").map(Languages::ofThreeLetters))
        .containsExactly("en", "iw", "no", "zh", "fil", "chr", "");
  }

  @Test
  void thereAreAHundredAndOneLanguagesAndSixOfThemInLatinScriptToo() {
    assertThat(Languages.published())
        .hasSize(107)
        .doesNotHaveDuplicates()
        .isSorted()
        .contains("iw", "no", "fil", "hmn");
    assertThat(Languages.published().stream().filter(code -> code.endsWith("-Latn")))
        .containsExactly("bg-Latn", "el-Latn", "hi-Latn", "ja-Latn", "ru-Latn", "zh-Latn")
        .allSatisfy(code -> assertThat(Languages.isPublished(code.substring(0, 2))).isTrue());
    assertThat(Languages.isPublished("chr")).isFalse();
    assertThat(Languages.isPublished(Languages.UNKNOWN)).isFalse();
  }
}
