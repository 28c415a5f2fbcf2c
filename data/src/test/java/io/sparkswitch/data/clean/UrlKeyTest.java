package io.sparkswitch.data.clean;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UrlKeyTest {
  @Test
  void schemeTrackingAndSlashesAtTheEndMakeNoDifference() {
    assertThat(UrlKey.normalise("https://www.a.example/b/")).isEqualTo("a.example/b");
    assertThat(UrlKey.normalise("http://a.example/b///")).isEqualTo("a.example/b");
    assertThat(UrlKey.normalise("http://a.example/b?utm_source=x&y=2")).isEqualTo("a.example/b");
    assertThat(UrlKey.normalise("http://a.example/b/?ref=5")).isEqualTo("a.example/b");
    assertThat(UrlKey.normalise("http://a.example/b?feed")).isEqualTo("a.example/b");
    assertThat(UrlKey.normalise("https://web.example/http://www.b.example/"))
        .isEqualTo("web.example/b.example");
  }

  @Test
  void whatElseIsInAUrlStays() {
    assertThat(UrlKey.normalise("http://a.example/b?id=3&utm_source=x"))
        .isEqualTo("a.example/b?id=3&utm_source=x");
    assertThat(UrlKey.normalise("ftp://www.a.example/B")).isEqualTo("ftp://www.a.example/B");
    assertThat(UrlKey.normalise("")).isEmpty();
  }
}
