package io.sparkswitch.data.pipeline.cut;

import io.sparkswitch.data.clean.BadWords;
import io.sparkswitch.data.clean.Cleaner;
import io.sparkswitch.data.clean.CleaningSettings;
import io.sparkswitch.data.clean.SpanCut;
import io.sparkswitch.data.shard.Digests;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is done to documents before they are tokenised.
 *
 * @param settings the rules
 * @param badWords by language; the caller's, none are shipped
 * @param duplicates what is compared across the corpus
 */
public record Cleaning(
    CleaningSettings settings, Map<String, List<String>> badWords, Duplicates duplicates)
    implements Serializable {

  /** What may be in the corpus only once; the first copy stays. */
  public enum Duplicates {
    KEPT,
    /** Spans of as many sentences as the rule on repeated spans has, and pages by their address. */
    SENTENCES,
    /** Lines, and pages by their address. */
    LINES
  }

  public Cleaning {
    TreeMap<String, List<String>> copy = new TreeMap<>();
    badWords.forEach((language, words) -> copy.put(language, new ArrayList<>(words)));
    badWords = copy;
  }

  /** Documents as they are. */
  public static Cleaning none() {
    return new Cleaning(CleaningSettings.off(), Map.of(), Duplicates.KEPT);
  }

  public Cleaner cleaner() {
    return Cleaner.of(settings, BadWords.of(badWords));
  }

  /** How duplicates are looked for; empty if they are not. */
  public Optional<SpanCut> cut() {
    return switch (duplicates) {
      case KEPT -> Optional.empty();
      case SENTENCES -> Optional.of(SpanCut.sentences(settings.limits().spanSentences()));
      case LINES -> Optional.of(SpanCut.lines());
    };
  }

  /** What has an effect, by name; bad words by their digest. */
  Map<String, String> toMap() {
    String words = Digests.of(badWords.toString().getBytes(StandardCharsets.UTF_8));
    return UsedSettings.of(settings, duplicates, words);
  }
}
