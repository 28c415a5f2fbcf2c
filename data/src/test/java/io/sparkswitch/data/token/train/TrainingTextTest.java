package io.sparkswitch.data.token.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.token.WordTable;
import io.sparkswitch.data.token.Words;
import io.sparkswitch.data.token.normalise.Normalisation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingTextTest {
  private static final TextSettings SETTINGS = TextSettings.defaults();

  @Test
  void partsAreCountedTogetherWhateverWordsTheyStandIn() {
    TrainingText text =
        TrainingText.of(
            List.of(
                new WordCount("\u2581東京,", 3),
                new WordCount("\u2581東京", 2),
                new WordCount("大阪,東京", 4)),
            SETTINGS);
    WordTable fragments = text.fragments();
    assertThat(IntStream.range(0, fragments.words()).mapToObj(fragments::text))
        .containsExactly(",", "\u2581東京", "大阪", "東京");
    assertThat(fragments.weights()).containsExactly(7, 5, 4, 4);
  }

  @Test
  void charactersThatAreNotCoveredCutAWord() {
    List<WordCount> counts =
        List.of(new WordCount("\u2581ab", 1000), new WordCount("\u2581aéb", 1));
    TextSettings settings = new TextSettings(Normalisation.IDENTITY, 0.999, 10, 128);
    TrainingText text = TrainingText.of(counts, settings);
    assertThat(text.characters()).containsExactly((int) 'a', (int) 'b', (int) Words.SPACE_MARK);
    WordTable fragments = text.fragments();
    assertThat(IntStream.range(0, fragments.words()).mapToObj(fragments::text))
        .containsExactly("b", "\u2581a", "\u2581ab");
  }

  @Test
  void theMostFrequentWordsAreTakenAndAFairSampleOfEquals() {
    List<WordCount> counts = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      counts.add(new WordCount("\u2581a" + Character.toString(0x4E00 + i), 1));
    }
    counts.add(new WordCount("\u2581frequent", 2));
    TrainingText text = TrainingText.of(counts, SETTINGS.withMaxWords(101));
    WordTable fragments = text.fragments();
    List<String> taken = IntStream.range(0, fragments.words()).mapToObj(fragments::text).toList();
    assertThat(taken).contains("\u2581frequent").hasSize(102);
    assertThat(taken.stream().filter(word -> word.compareTo("\u4fff") < 0 && word.length() == 1))
        .hasSizeBetween(30, 70);
  }

  @Test
  void settingsOutsideTheirRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TextSettings(Normalisation.IDENTITY, 0, 1, 1))
        .withMessage("character-coverage = 0.0 is outside (0, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SETTINGS.withMaxWords(0))
        .withMessage("max-words = 0 is below 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TextSettings(Normalisation.IDENTITY, 1, 1, 513))
        .withMessage("longest-word = 513 is outside [1, 512]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UnigramSettings.of(259).withByteFallback())
        .withMessage("pieces = 259 leaves no room beside the 259 control and byte pieces");
  }
}
