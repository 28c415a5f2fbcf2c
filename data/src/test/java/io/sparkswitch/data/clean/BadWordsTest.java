package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

class BadWordsTest {
  @Property(tries = 2000)
  void wordsAreFoundWhereTheExpressionsOfC4FindThem(
      @ForAll @Size(min = 1, max = 3)
          List<
                  @StringLength(min = 1, max = 3) @CharRange(from = 'a', to = 'c')
                  @Chars({'$', '.'}) String>
              list,
      @ForAll
          @StringLength(max = 12)
          @CharRange(from = 'a', to = 'c')
          @Chars({' ', '_', '5', '$', '.', 'B', '\u00e9', '\n'})
          String text) {
    BadWords words = BadWords.of(Map.of("en", list, "ja", list));
    String lower = text.toLowerCase(Locale.ROOT);
    String any = list.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    boolean alone = Pattern.compile("(?U)(?:\\W|^)(" + any + ")(?:\\W|$)").matcher(lower).find();
    boolean inside = Pattern.compile("[^a-z](" + any + ")[^a-z]").matcher(lower).find();

    assertThat(words.in(text, "en-Latn")).isEqualTo(alone);
    assertThat(words.insideLine().test(lower)).isEqualTo(inside);
    assertThat(words.in(text, "ja")).isEqualTo(list.stream().anyMatch(lower::contains));
    Statistics.label("alone").collect(alone).coverage(c -> c.check(true).count(n -> n > 40));
    Statistics.label("inside").collect(inside).coverage(c -> c.check(true).count(n -> n > 40));
  }

  @Test
  void combiningMarksEndAWordAsInPython() {
    BadWords words = BadWords.of(Map.of("hi", List.of("\u0915\u092e")));

    assertThat(words.in("\u0915\u092e\u093e", "hi")).isTrue();
    assertThat(words.in("\u0915\u092e\u0915", "hi")).isFalse();
    assertThat(words.in("\u00bd\u0915\u092e", "hi")).isFalse();
  }

  @Test
  void emptyWordsAndOtherLanguagesFindNothing() {
    BadWords words = BadWords.of(Map.of("en", List.of("", " ", " Ass ")));

    assertThat(words.in("what an ass", "en")).isTrue();
    assertThat(words.in("what an ass", "de")).isFalse();
    assertThat(words.in("", "en")).isFalse();
    assertThat(BadWords.none().in("ass", "")).isFalse();
  }

  @Test
  void wordsAndSettingsTravelToTasks() throws IOException, ClassNotFoundException {
    BadWords words = (BadWords) travelled(BadWords.of(Map.of("en", List.of("ass"))));

    assertThat(words.in("Ass!", "en")).isTrue();
    assertThat(travelled(CleaningSettings.c4())).isEqualTo(CleaningSettings.c4());
    CleaningCounts counts = new CleaningCounts(3, 1, 9, Map.of("language", 2L), Map.of());
    assertThat(travelled(counts)).isEqualTo(counts);
  }

  private static Object travelled(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }
}
