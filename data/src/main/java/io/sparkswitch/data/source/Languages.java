package io.sparkswitch.data.source;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The codes that mC4 was published under: 101 languages and six of them in Latin script too, 107
 * tasks. The codes are those of CLD3: {@code iw} for Hebrew, {@code no} for Norwegian, {@code fil}
 * for Filipino. Other codes are allowed everywhere; {@link #isPublished} tells them apart.
 *
 * <p>Source: Xue et al. 2021, "mT5", appendix A.
 */
public final class Languages {
  /** The code of what no source named. */
  public static final String UNKNOWN = "und";

  /** C4's only language. */
  static final String ENGLISH = "en";

  private static final List<String> PUBLISHED =
      List.of(
          ("af am ar az be bg bg-Latn bn ca ceb co cs cy da de el el-Latn en eo es et eu fa fi fil"
                  + " fr fy ga gd gl gu ha haw hi hi-Latn hmn ht hu hy id ig is it iw ja ja-Latn jv"
                  + " ka kk km kn ko ku ky la lb lo lt lv mg mi mk ml mn mr ms mt my ne nl no ny pa"
                  + " pl ps pt ro ru ru-Latn sd si sk sl sm sn so sq sr st su sv sw ta te tg th tr"
                  + " uk ur uz vi xh yi yo zh zh-Latn zu")
              .split(" "));
  private static final Set<String> KNOWN = Set.copyOf(PUBLISHED);
  private static final Pattern MULTILINGUAL =
      Pattern.compile("c4-([A-Za-z]{2,8}(?:-[A-Za-z0-9]{2,8})*?)(?:-validation)?\\.tfrecord-.*");
  private static final Pattern ENGLISH_C4 = Pattern.compile("c4-(train|validation)\\..*");

  private static final Map<String, String> BY_THREE_LETTERS =
      PUBLISHED.stream()
          .filter(code -> !code.contains("-"))
          .collect(
              Collectors.toUnmodifiableMap(
                  code -> Locale.forLanguageTag(code).getISO3Language(), Function.identity()));

  private Languages() {}

  /** The 107 codes, in alphabetical order. */
  public static List<String> published() {
    return PUBLISHED;
  }

  /** Whether mC4 was published with this code. */
  public static boolean isPublished(String code) {
    return KNOWN.contains(code);
  }

  /**
   * The published code of a language given by its three letters of ISO 639-3, as Common Crawl gives
   * it: {@code en} for {@code eng}; any other code as it is.
   */
  public static String ofThreeLetters(String code) {
    return BY_THREE_LETTERS.getOrDefault(code, code);
  }

  /**
   * A sentence about languages of files that mC4 was published without; empty if there are none.
   */
  static Optional<String> remark(List<CorpusFile> files) {
    String unpublished =
        files.stream()
            .map(CorpusFile::language)
            .filter(code -> !isPublished(code) && !code.equals(UNKNOWN))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return Optional.of(unpublished)
        .filter(codes -> !codes.isEmpty())
        .map(
            ("languages that mC4 was published without: %s. They are read like the others; look at the"
                    + " files' names if that is not meant (mC4 has iw, no, fil, jv for Hebrew,"
                    + " Norwegian, Filipino, Javanese)")
                ::formatted);
  }

  /** The language that a file's name tells: of C4 and of mC4; of others {@link #UNKNOWN}. */
  static String ofFileName(String name) {
    if (ENGLISH_C4.matcher(name).matches()) {
      return ENGLISH;
    }
    Matcher multilingual = MULTILINGUAL.matcher(name);
    return multilingual.matches() ? multilingual.group(1) : UNKNOWN;
  }
}
