package io.sparkswitch.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LanguagesTest {
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
