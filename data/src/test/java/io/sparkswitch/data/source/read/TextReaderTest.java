package io.sparkswitch.data.source.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {
  @TempDir Path folder;

  @Test
  void aFileIsOneDocumentWithItsParagraphs() throws IOException {
    ReadFile read = read("\ufeff\r\nOne\r\nline \u00e9\r\n\r\n\r\nTwo\r\n\r\n");

    assertThat(read.texts()).containsExactly("One\nline \u00e9\n\n\nTwo");
    assertThat(read.positions()).containsExactly(5L);
    assertThat(read.documents().get(0).language()).isEqualTo("und");
  }

  @Test
  void aLongFileIsCutAtAnEmptyLineAndNothingIsLost() throws IOException {
    String paragraph = "word ".repeat(20_000).strip();
    String whole = (paragraph + "\n\n").repeat(50).strip();

    ReadFile read = read(whole);

    assertThat(read.texts()).hasSize(5);
    assertThat(String.join("\n\n", read.texts())).isEqualTo(whole);
    assertThat(read.texts().get(0).length())
        .isBetween(TextReader.ENOUGH, TextReader.ENOUGH + paragraph.length() + 2);
    for (int i = 0; i < read.texts().size(); i++) {
      String text = read.texts().get(i);
      assertThat(whole.substring(Math.toIntExact(read.positions().get(i)))).startsWith(text);
    }
  }

  @Test
  void textWithoutEmptyLinesIsCutAtALine() throws IOException {
    String line = "word ".repeat(20_000).strip();
    String whole = (line + "\n").repeat(100).strip();

    ReadFile read = read(whole);

    assertThat(read.texts()).hasSize(3);
    assertThat(String.join("\n", read.texts())).isEqualTo(whole);
    assertThat(read.texts().get(0).length()).isLessThan(TextReader.TOO_MUCH + line.length() + 1);
  }

  @Test
  void anOverlongLineAndBytesThatAreNotUtf8AreMalformed() throws IOException {
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "One\n" + "x".repeat(1001) + "\nTwo\n");
    ReadFile read = ReadFile.of(file, 1000);
    assertThat(read.reasons()).containsExactly("line of more than 1000 bytes");
    assertThat(read.texts()).containsExactly("Two");

    Files.write(file, new byte[] {'a', (byte) 0xff, '\n'});
    assertThat(ReadFile.of(file).reasons()).containsExactly("not UTF-8");
  }

  private ReadFile read(String content) throws IOException {
    return ReadFile.of(Files.writeString(folder.resolve("a.txt"), content));
  }
}
