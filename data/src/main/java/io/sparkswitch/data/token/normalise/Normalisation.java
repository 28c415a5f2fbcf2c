package io.sparkswitch.data.token.normalise;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** How text is normalised before it is cut into words and pieces, by SentencePiece's names. */
public enum Normalisation {
  /** Only spaces are. */
  IDENTITY(() -> CharacterMap.IDENTITY),

  /**
   * To NFKC, in the Unicode version of the running JDK; controls vanish, and characters without
   * width become spaces. As T5's and mT5's own models.
   */
  NMT_NFKC(() -> NmtNfkcMap.MAP);

  /** Built by the first who asks: a second of work. */
  private static final class NmtNfkcMap {
    static final CharacterMap MAP = CharacterMap.of(NmtNfkc.rules());
  }

  private final Supplier<CharacterMap> map;

  Normalisation(Supplier<CharacterMap> map) {
    this.map = map;
  }

  /** What it replaces. */
  public CharacterMap characterMap() {
    return map.get();
  }

  /** SentencePiece's name of it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Normalisation of(String label) {
    return Arrays.stream(values())
        .filter(value -> value.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "normalisation = %s is unknown: allowed are %s"
                        .formatted(
                            label, Arrays.stream(values()).map(Normalisation::label).toList())));
  }
}
