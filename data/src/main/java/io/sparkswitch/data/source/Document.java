package io.sparkswitch.data.source;

import java.util.Objects;

/**
 * One document of a corpus. Only the text is certain to be there; what a source does not say is the
 * empty string.
 *
 * @param url where the text was found
 * @param text the text itself, possibly empty
 * @param timestamp when it was found, as the source writes it
 * @param language code of the language; a reader hands out {@link Languages#UNKNOWN} rather than
 *     none
 */
public record Document(String url, String text, String timestamp, String language) {
  public Document {
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(language, "language");
  }

  /**
   * The document in the language of its file; in its own where the file's is {@link
   * Languages#UNKNOWN}, and {@link Languages#UNKNOWN} where that is not known either.
   */
  public Document inLanguage(String fileLanguage) {
    String resolved = fileLanguage;
    if (fileLanguage.equals(Languages.UNKNOWN) && !language.isBlank()) {
      resolved = language;
    }
    return new Document(url, text, timestamp, resolved);
  }
}
