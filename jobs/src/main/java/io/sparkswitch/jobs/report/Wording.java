package io.sparkswitch.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The figures in sentences, and what is missing in sentences. */
final class Wording {
  private final RunFolder folder;
  private final Summary summary;

  Wording(RunFolder folder, Summary summary) {
    this.folder = folder;
    this.summary = summary;
  }

  /** What came out, in one paragraph. */
  String paragraph() {
    List<String> sentences = new ArrayList<>();
    if (summary.negLogPerplexity().isEmpty()) {
      sentences.add(
          "No training in this folder has been evaluated, so there is nothing to compare yet.");
    } else {
      sentences.add(figures());
      summary.gain(Role.SWITCH).ifPresent(gain -> sentences.add(gain(gain)));
      softTargets(sentences);
    }
    return String.join(" ", sentences);
  }

  /** The caution that belongs beside every figure. */
  static String caution() {
    return "One seed proves nothing. Two seeds of the same small model can differ by as much"
        + " as two models here: read these figures as one draw, not as a finding.";
  }

  /** One sentence a missing thing, with the verb that makes it. */
  List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Part part : Part.values()) {
      if (!folder.parts().containsKey(part)) {
        missing.add(
            "%s not there (no folder %s/): run sparkswitch %s."
                .formatted(part.subject(), part.folder(), part.verb()));
      }
    }
    for (Role role : Role.values()) {
      folder
          .run(role)
          .ifPresentOrElse(
              run -> incomplete(run, missing),
              () ->
                  missing.add(
                      "%s is not there (no folder %s/): run sparkswitch %s."
                          .formatted(capital(role.phrase()), role.folder(), role.verb())));
    }
    return missing;
  }

  private static void incomplete(Run run, List<String> missing) {
    String name = capital(run.role().phrase());
    String folder = run.role().folder();
    if (run.intervals().isEmpty()) {
      missing.add(
          "%s has reported no interval (%s/metrics.jsonl), so it has no curves."
              .formatted(name, folder));
    }
    if (!run.finished()) {
      String state = run.status().path("state").asText();
      missing.add(
          "%s is not finished: %s/status.json says “%s” (%s). Its figures are those of an unfinished run."
              .formatted(
                  name, folder, state, run.status().path("message").asText(Numbers.MISSING)));
    }
    if (run.negLogPerplexity().isEmpty()) {
      missing.add(
          "%s has not been evaluated (no figure in %s/evaluation.json): run sparkswitch evaluate."
              .formatted(name, folder));
    }
  }

  private String figures() {
    List<String> figures = new ArrayList<>();
    for (Role role : Role.values()) {
      OptionalDouble figure = summary.of(role);
      if (figure.isPresent()) {
        figures.add(role.phrase() + " " + Numbers.nats(figure));
      }
    }
    return "Negative log perplexity on the validation split, in nats per target token, where higher is"
        + " better: "
        + String.join(", ", figures)
        + ".";
  }

  private String gain(double gain) {
    if (gain < 0) {
      return "Switch lies %s nats behind dense: there is no gain that a student could keep."
          .formatted(Numbers.nats(OptionalDouble.of(-gain)));
    }
    String size = Numbers.nats(OptionalDouble.of(gain));
    if (gain < Summary.SMALLEST_GAIN) {
      return "Switch leads dense by %s nats, under the %s from which a share of the gain is stated."
          .formatted(size, Summary.SMALLEST_GAIN);
    }
    OptionalDouble share = summary.shareOfGainKept();
    if (share.isEmpty()) {
      return "Switch gains %s nats over dense.".formatted(size);
    }
    return share.getAsDouble() <= 0
        ? "Switch gains %s nats over dense; the student keeps none of it.".formatted(size)
        : "Switch gains %s nats over dense, and the student, which is dense again, keeps %s of it."
            .formatted(size, String.format(Locale.ROOT, "%.0f %%", share.getAsDouble() * 100));
  }

  private void softTargets(List<String> sentences) {
    OptionalDouble student = summary.of(Role.STUDENT);
    OptionalDouble alone = summary.of(Role.INITIALISATION_ONLY);
    if (student.isPresent() && alone.isPresent()) {
      double difference = student.getAsDouble() - alone.getAsDouble();
      sentences.add(
          difference >= 0
              ? "Soft targets gave the student %s nats over its initialisation alone."
                  .formatted(Numbers.nats(OptionalDouble.of(difference)))
              : "Without soft targets the student is %s nats better than with them."
                  .formatted(Numbers.nats(OptionalDouble.of(-difference))));
    }
  }

  private static String capital(String phrase) {
    return phrase.substring(0, 1).toUpperCase(Locale.ROOT) + phrase.substring(1);
  }
}
