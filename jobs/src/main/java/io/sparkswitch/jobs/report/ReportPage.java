package io.sparkswitch.jobs.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The whole page: one file, nothing fetched, nothing that runs. */
final class ReportPage {
  private static final String STYLE_SHEET = "report.css";

  private final RunFolder folder;
  private final Summary summary;

  ReportPage(RunFolder folder, Summary summary) {
    this.folder = folder;
    this.summary = summary;
  }

  String render() throws IOException {
    Html html = new Html().doctype().open("html", "lang", "en").open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.empty("meta", "name", "color-scheme", "content", "light dark");
    html.element("title", "sparkswitch: " + folder.name());
    html.styleSheet(styleSheet()).close();
    html.open("body").open("main");
    head(html);
    new ModelTable(folder, summary).write(html);
    new LossSection(folder).write(html);
    new RoutingSection(folder).write(html);
    new SampleSection(folder.samples()).write(html);
    new ProvenanceSection(folder).write(html);
    return html.close().close().close().finish();
  }

  private void head(Html html) {
    Wording wording = new Wording(folder, summary);
    html.open("header");
    html.element("p", "sparkswitch report · " + folder.name(), "class", "kicker");
    html.element("h1", "From a Switch Transformer to a dense student");
    html.element("p", wording.paragraph(), "class", "lead");
    html.element("p", Wording.caution(), "class", "caution");
    if (summary.seconds().isPresent()) {
      html.element("p", "Whole journey: " + Numbers.duration(summary.seconds()) + ".");
    }
    html.close();
    List<String> missing = wording.missing();
    if (!missing.isEmpty()) {
      html.open("section", "class", "missing").element("h2", "What is not there");
      html.open("ul");
      missing.forEach(sentence -> html.element("li", sentence));
      html.close().close();
    }
  }

  static String styleSheet() throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(STYLE_SHEET)) {
      if (in == null) {
        throw new IOException(STYLE_SHEET + " is missing from the jar: build it again");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
