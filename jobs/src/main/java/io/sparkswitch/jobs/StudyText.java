package io.sparkswitch.jobs;

import io.sparkswitch.data.pipeline.folder.Lease;
import io.sparkswitch.data.pipeline.folder.LeaseHeldException;
import io.sparkswitch.jobs.conf.RunConfig;
import io.sparkswitch.jobs.study.StudyFolders;
import io.sparkswitch.jobs.study.Verbs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** The text of a study: corpus, vocabulary and shards, made by the verbs where they are not yet. */
final class StudyText {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String READY = "ready.json";

  private StudyText() {}

  /**
   * @param corpus folder of the text; empty for the demo corpus
   */
  static void make(
      StudyFolders folders, Optional<String> corpus, RunConfig config, Verbs verbs, VerbRun run)
      throws Exception {
    String ready = folders.data() + "/" + READY;
    if (folders.root().exists(ready)) {
      return;
    }
    try (Lease lease = lease(folders, run)) {
      if (folders.root().exists(ready)) {
        return;
      }
      run.progress("Corpus, vocabulary and shards.");
      String text = corpus.orElse(folders.corpus());
      if (corpus.isEmpty()) {
        verbs.run(List.of("demo-corpus", "--out", text), config);
      }
      verbs.run(List.of("vocab", "--corpus", text, "--out", folders.vocabulary()), config);
      verbs.run(
          List.of(
              "prepare",
              "--corpus",
              text,
              "--vocab",
              folders.vocabulary(),
              "--out",
              folders.shards()),
          config);
      lease.requireHeld();
      folders.root().write(ready, Json.object().put("corpus", text).toPrettyString() + "\n");
    }
  }

  /** Of two processes that begin a study at once, one makes the text and the other waits for it. */
  private static Lease lease(StudyFolders folders, VerbRun run)
      throws IOException, InterruptedException {
    boolean told = false;
    while (true) {
      try {
        return Lease.acquire(
            new Path(folders.root().uri(folders.data())),
            run.hadoop(),
            "study of " + System.getProperty("user.name"),
            Clock.systemUTC(),
            run::say);
      } catch (LeaseHeldException e) {
        if (!told) {
          run.say("Another process makes the text; waiting for it. (%s)".formatted(e.getMessage()));
          told = true;
        }
        Thread.sleep(PATIENCE.toMillis());
      }
    }
  }
}
