package io.sparkswitch.data.pipeline.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressSpellingsTest {
  @ParameterizedTest
  @CsvSource({
    "http://a.b/\u00e4, a.b/%C3%A4",
    "http://a.b/%c3%a4, a.b/\u00e4",
    "http://a.b/%C3%A4?q=%2F, a.b/\u00e4?q=%2f",
    "a.b/%7Euser, a.b/~user",
    "a.b/a b, a.b/a%20b",
    "HTTPS://WWW.A.b/C, a.b/C",
    "https://b\u00fccher.de/x, xn--bcher-kva.de/x",
    "https://xn--bcher-kva.de/x, b\u00fccher.de/x",
    "https://a.b/x#part, a.b/x",
    "a.b/x#part, a.b/x#part",
    "a.b/%e4%2f, a.b/%E4%2F",
  })
  void anAddressIsFoundInWhateverSpellingTheCorpusHas(String listed, String inCorpus) {
    assertThat(hashes(listed)).contains(UrlHash.of(inCorpus));
  }

  @ParameterizedTest
  @CsvSource({
    "a.b/x, a.b/X",
    "a.b/x%2Fy, a.b/x/y",
    "a.b/x%3Fy, a.b/x?y",
    "a.b/x, a.b/x/y",
    "a.b/100%, a.b/100",
  })
  void otherPagesAreNotMeant(String listed, String inCorpus) {
    assertThat(hashes(listed)).doesNotContain(UrlHash.of(inCorpus));
  }

  @Test
  void aPlainAddressHasOneSpelling() {
    assertThat(AddressSpellings.of("a.b/c?d=e-f")).containsExactly("a.b/c?d=e-f");
    assertThat(hashes("a.b/c")).hasSize(1);
  }

  @Test
  void marksCommentsEmptyLinesAndRepetitionsAreNoAddresses() {
    Exclusions list =
        Exclusions.ofText(
            "\uFEFF# taken down in May\r\n\r\n  http://a.b/c \r\nhttps://www.a.b/c/\n   # more\n\t\n"
                + "https://\nhttp://d.e/#f\n");

    assertThat(list.urls()).containsExactlyInAnyOrder("a.b/c", "d.e/#f");
    assertThat(Exclusions.ofText("\uFEFFhttp://a.b/c").urls()).containsExactly("a.b/c");
  }

  private static long[] hashes(String listed) {
    return Exclusions.of(List.of(listed)).hashes();
  }
}
