package io.sparkswitch.data.batch.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PackedTokensTest {
  @Test
  void smallVocabulariesTakeTwoBytesATokenAndLargeOnesThree() {
    int[] small = {0, 1, 32_099, 65_535};
    int[] large = {0, 65_535, 65_536, 250_111, 16_777_215};

    assertThat(PackedTokens.of(small).bytes()).isEqualTo(8);
    assertThat(PackedTokens.of(small).copy(0, 4)).isEqualTo(small);
    assertThat(PackedTokens.of(large).bytes()).isEqualTo(15);
    assertThat(PackedTokens.of(large).copy(0, 5)).isEqualTo(large);
    assertThat(PackedTokens.of(large).copy(2, 2)).containsExactly(65_536, 250_111);
  }

  @Test
  void idsOfNoVocabularyAreRefused() {
    assertThatThrownBy(() -> PackedTokens.of(new int[] {1, 1 << 24}))
        .hasMessageContaining("outside [0, 16777216)");
    assertThatThrownBy(() -> PackedTokens.of(new int[] {-1}))
        .hasMessageContaining("outside [0, 16777216)");
  }
}
