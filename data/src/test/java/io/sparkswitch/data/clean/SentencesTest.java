package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentencesTest {
  @Test
  void sentencesEndAtTheirMarksAndNotWithinQuotesOfTheNext() {
    assertThat(cut("He came. \"Did you see it?\" Yes! No"))
        .containsExactly("He came. ", "\"Did you see it?\" ", "Yes! ", "No");
    assertThat(cut("This has three...but it's only one.")).hasSize(1);
    assertThat(cut("Version 3.5 costs 2.50 each. Buy it."))
        .containsExactly("Version 3.5 costs 2.50 each. ", "Buy it.");
  }

  @Test
  void noSentenceEndsAfterATitleOrInitials() {
    assertThat(cut("We met Dr. Roberts and J. R. Smith of the U.S. Army. They left."))
        .containsExactly("We met Dr. Roberts and J. R. Smith of the U.S. Army. ", "They left.");
    assertThat(cut("See (cf. Fig. 3) et al. Then go.")).hasSize(1);
    assertThat(cut("The doctor. Roberts came.")).hasSize(2);
  }

  @Test
  void marksOfOtherScriptsEndSentences() {
    assertThat(cut("\u4eca\u5929\u5f88\u597d\u3002\u6211\u4eec\u53bb\uff01\u597d\u5417\uff1f"))
        .hasSize(3);
    assertThat(cut("\u092f\u0939 \u0920\u0940\u0915\u0964 \u0939\u093e\u0901\u0964")).hasSize(2);
  }

  @Test
  void aBlankLineHasNone() {
    assertThat(Sentences.count("")).isZero();
    assertThat(Sentences.count(" \t ")).isZero();
  }

  private static List<String> cut(String line) {
    List<String> sentences = new ArrayList<>();
    int begin = 0;
    for (int end : Sentences.ends(line)) {
      sentences.add(line.substring(begin, end));
      begin = end;
    }
    assertThat(begin).isEqualTo(line.length());
    return sentences;
  }
}
