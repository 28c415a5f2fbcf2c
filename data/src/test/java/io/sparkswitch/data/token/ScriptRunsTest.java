package io.sparkswitch.data.token;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptRunsTest {
  @Test
  void wordsAreCutWhereTheScriptChanges() {
    assertThat(ScriptRuns.of("\u2581don't", 99)).containsExactly("\u2581don", "'", "t");
    assertThat(ScriptRuns.of("\u2581F16жук", 99)).containsExactly("\u2581F", "16", "жук");
    assertThat(ScriptRuns.of("\u2581(a)", 99)).containsExactly("\u2581(", "a", ")");
    assertThat(ScriptRuns.of("a\u2581b\u2581", 99)).containsExactly("a", "\u2581b", "\u2581");
    assertThat(ScriptRuns.of("", 99)).isEmpty();
  }

  @Test
  void japaneseAndChineseAreOneScriptAndPunctuationEndsIt() {
    assertThat(ScriptRuns.of("\u2581東京タワーへ行く。そして", 99))
        .containsExactly("\u2581東京タワーへ行く", "。", "そして");
  }

  @Test
  void combiningMarksStayWithTheirLetter() {
    assertThat(ScriptRuns.of("a\u0308bж\u0301", 99)).containsExactly("a\u0308b", "ж\u0301");
    assertThat(ScriptRuns.of("\u2581\u0308a", 99)).containsExactly("\u2581\u0308", "a");
  }

  @Test
  void longRunsAreCutByCodePoints() {
    assertThat(ScriptRuns.of("\u2581abcde", 3)).containsExactly("\u2581ab", "cde");
    assertThat(ScriptRuns.of("😀😀😀", 2)).containsExactly("😀😀", "😀");
    assertThat(ScriptRuns.of("ab12", 1)).containsExactly("a", "b", "1", "2");
  }

  @Test
  void theRunsOfTextAreThoseOfItsWords() {
    assertThat(Words.runs("It's  4pm\n", 99))
        .containsExactly("\u2581It", "'", "s", "\u25814", "pm");
  }
}
