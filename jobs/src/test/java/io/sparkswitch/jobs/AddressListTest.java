package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.data.source.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressListTest {
  private static final Configuration CONF = new Configuration();

  @TempDir Path folder;

  @Test
  void linesAreReadAsUtf8WhateverEndsThem() throws IOException {
    Path list = folder.resolve("urls.txt");
    Files.writeString(list, "https://a.b/\u00e4\r\n\nhttps://c.d/");

    assertThat(AddressList.read(list.toString(), CONF))
        .containsExactly("https://a.b/\u00e4", "", "https://c.d/");
    assertThat(AddressList.read(null, CONF)).isEmpty();
  }

  @Test
  void aListInAnotherEncodingIsRefusedNamingTheLine() throws IOException {
    Path latin = folder.resolve("latin.txt");
    Files.write(latin, "https://a.b/\nhttps://a.b/\u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
    Path wide = folder.resolve("wide.txt");
    Files.write(wide, "https://a.b/\n".getBytes(StandardCharsets.UTF_16BE));
    Path cut = folder.resolve("cut.txt");
    Files.write(cut, new byte[] {'a', '\n', 'b', '\n', (byte) 0xc3});

    assertThatThrownBy(() -> AddressList.read(latin.toString(), CONF))
        .isInstanceOf(InputException.class)
        .hasMessage("--exclude %s: line 2 is not UTF-8: save the list as UTF-8".formatted(latin));
    assertThatThrownBy(() -> AddressList.read(wide.toString(), CONF))
        .hasMessageContaining("line 1 is not UTF-8");
    assertThatThrownBy(() -> AddressList.read(cut.toString(), CONF))
        .hasMessageContaining("line 3 is not UTF-8");
  }

  @Test
  void aListThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> AddressList.read(folder.resolve("none.txt").toString(), CONF))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.txt: there is no such file");
  }
}
