package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void linesEndWherePythonEndsThem() {
    assertThat(Text.lines("a\nb\r\nc\rd\u2028e\u0085f\u000bg\n"))
        .containsExactly("a", "b", "c", "d", "e", "f", "g");
    assertThat(Text.lines("\n\na")).containsExactly("", "", "a");
    assertThat(Text.lines("")).isEmpty();
    assertThat(Text.lines("a\tb\u200bc")).hasSize(1);
  }

  @Test
  void whiteSpaceIsThatOfPython() {
    assertThat(Text.strip("\u00a0\u3000 a b\u001f\t")).isEqualTo("a b");
    assertThat(Text.strip(" \u00a0")).isEmpty();
    assertThat(Text.strip("\u200ba")).isEqualTo("\u200ba");
  }

  @Test
  void wordsAreWhatWhiteSpaceParts() {
    assertThat(Text.words("  one\u00a0two\tthree  ")).isEqualTo(3);
    assertThat(Text.words(" ")).isZero();
    assertThat(Text.longestWord("ab \ud83d\ude00\ud83d\ude00\ud83d\ude00 c")).isEqualTo(3);
    assertThat(Text.longestWord("")).isZero();
  }
}
