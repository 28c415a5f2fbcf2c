package io.sparkswitch.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The frame of every page: one file, nothing fetched, nothing that runs. */
public final class Page {
  private static final String STYLE_SHEET = "report.css";
  private static final String CHART_STYLE_SHEET = "chart.css";

  private static final Pattern COLOUR = Pattern.compile("--([a-z-]+): (#[0-9a-f]{6});");
  private static final Pattern VARIABLE = Pattern.compile("var\\(--([a-z-]+)\\)");

  private Page() {}

  /**
   * @param more a style sheet after the common one
   * @param body writes what is in it
   */
  public static String render(String title, String more, Consumer<Html> body) throws IOException {
    Html html = new Html().doctype().open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", "sparkswitch: " + title);
    html.styleSheet(styleSheet() + more).close();
    html.open("body").open("main");
    body.accept(html);
    return html.close().close().close().finish();
  }

  /** The style sheet of all pages. */
  private static String styleSheet() throws IOException {
    return read(STYLE_SHEET);
  }

  /**
   * The style sheet of a chart that is a file of its own: the light colours of pages, written out,
   * since not all that shows SVG knows variables.
   *
   * @param more rules after the common ones
   */
  public static String chartStyleSheet(String more) throws IOException {
    Map<String, String> colours = new HashMap<>();
    COLOUR
        .matcher(styleSheet())
        .results()
        .forEach(colour -> colours.putIfAbsent(colour.group(1), colour.group(2)));
    return VARIABLE
        .matcher(read(CHART_STYLE_SHEET) + more)
        .replaceAll(variable -> Objects.requireNonNull(colours.get(variable.group(1))));
  }

  private static String read(String styleSheet) throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(styleSheet)) {
      if (in == null) {
        throw new IOException(styleSheet + " is missing from the jar: build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
