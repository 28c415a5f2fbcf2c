package io.sparkswitch.data.clean;

import java.util.regex.Pattern;

/** What makes two URLs the same page. */
public final class UrlKey {
  private static final Pattern SCHEME = Pattern.compile("https?://(?:www\\.)?");
  private static final Pattern TRACKING = Pattern.compile("\\?(?:utm_|ref|feed).*");

  private UrlKey() {}

  /**
   * The URL as C4 compares it: without scheme and {@code www.} wherever they stand, without a query
   * that begins with {@code utm_}, {@code ref} or {@code feed}, without slashes at the end.
   */
  public static String normalise(String url) {
    String bare = TRACKING.matcher(SCHEME.matcher(url).replaceAll("")).replaceAll("");
    int end = bare.length();
    while (end > 0 && bare.charAt(end - 1) == '/') {
      end--;
    }
    return bare.substring(0, end);
  }
}
