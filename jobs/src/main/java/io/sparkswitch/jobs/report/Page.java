package io.sparkswitch.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The frame of every page: one file, nothing fetched, nothing that runs. */
public final class Page {
  private static final String STYLE_SHEET = "report.css";

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

  /** The style sheet of all pages and charts. */
  public static String styleSheet() throws IOException {
    try (InputStream in = Page.class.getResourceAsStream(STYLE_SHEET)) {
      if (in == null) {
        throw new IOException(STYLE_SHEET + " is missing from the jar: build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
