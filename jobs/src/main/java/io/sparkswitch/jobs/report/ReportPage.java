package io.sparkswitch.jobs.report;

import java.io.IOException;
import java.util.List;

/** The whole page: one file, nothing fetched, nothing that runs. */
final class ReportPage {
  private final RunFolder folder;
  private final Summary summary;

  ReportPage(RunFolder folder, Summary summary) {
    this.folder = folder;
    this.summary = summary;
  }

  String render() throws IOException {
    return Page.render(folder.name(), "", this::write);
  }

  private void write(Html html) {
    head(html);
    new ModelTable(folder, summary).write(html);
    new LossSection(folder).write(html);
    new RoutingSection(folder).write(html);
    new SampleSection(folder.samples()).write(html);
    new ProvenanceSection(folder).write(html);
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
}
