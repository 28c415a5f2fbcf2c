package io.sparkswitch.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sparkswitch.data.token.Vocabulary;
import io.sparkswitch.data.token.VocabularySpec;
import io.sparkswitch.jobs.exit.UsageException;
import io.sparkswitch.jobs.loop.Architecture;
import io.sparkswitch.jobs.loop.ModelFiles;
import io.sparkswitch.jobs.track.OutputFolder;
import io.sparkswitch.model.exchange.LocalExchange;
import io.sparkswitch.model.generation.GenerationSettings;
import io.sparkswitch.model.generation.Generator;
import io.sparkswitch.model.generation.Prompts;
import io.sparkswitch.model.t5.T5Model;
import io.sparkswitch.model.tensor.Natives;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "generate",
    description =
        "Fills the masked spans of sentences, or answers a text without such, so that a person can"
            + " see what was learnt; also writes them to DIR/samples.json. Runs in this process"
            + " alone.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "Example: sparkswitch generate --run runs/demo/switch --vocab runs/demo/vocab"
          + " --method beam --beams 8 'Once upon a <extra_id_0> there was a king.'"
    })
final class GenerateVerb extends TrainedModelVerb {
  static final String SAMPLES = "samples.json";

  @Mixin private GenerationOptions generation;

  @Override
  List<String> sections() {
    return List.of("model");
  }

  @Override
  void run(VerbRun run) throws Exception {
    VocabularySpec spec = VocabularyRecord.open(generation.vocabulary(), run.hadoop()).spec();
    GenerationSettings settings = generation.settings(spec.size());
    SavedRun saved = SavedRun.open(checkpoint().run(), checkpoint().step(), run);
    saved.requireVocabulary(spec);
    byte[] file = VocabularyRecord.model(generation.vocabulary(), spec, run.hadoop());
    Natives.load();
    ArrayNode samples = run.results().putArray("samples");
    try (Vocabulary vocabulary = Vocabulary.load(file);
        LocalExchange exchange = LocalExchange.group(1).get(0);
        T5Model model =
            ModelFiles.load(
                saved.checkpoint(), Architecture.of(run.config(), spec.rows()), run.hadoop())) {
      List<int[]> sources = generation.texts().stream().map(t -> source(vocabulary, t)).toList();
      long startedAt = System.nanoTime();
      List<int[]> answers = new Generator(model, exchange).generate(Prompts.of(sources), settings);
      double seconds = (System.nanoTime() - startedAt) / 1e9;
      for (int i = 0; i < answers.size(); i++) {
        String text = generation.texts().get(i);
        String answer = vocabulary.decode(answers.get(i));
        String filled = Filling.asks(text) ? Filling.parse(answer).into(text) : answer;
        run.say("  in:  " + text);
        run.say("  out: " + filled);
        samples.addObject().put("input", text).put("spans", answer).put("output", filled);
      }
      speed(run, answers, seconds);
    }
    OutputFolder.of(checkpoint().run(), run.hadoop())
        .write(SAMPLES, samples.toPrettyString() + "\n");
  }

  private void speed(VerbRun run, List<int[]> answers, double seconds) {
    int tokens = answers.stream().mapToInt(answer -> answer.length).sum();
    run.results()
        .put("method", generation.method())
        .put("tokens", tokens)
        .put("generationSeconds", seconds)
        .put("tokensPerSecond", tokens / seconds);
    run.say(
        String.format(
            Locale.ROOT,
            "%,d tokens for %d sentence(s) in one batch, method %s: %.1f tokens/s.",
            tokens,
            answers.size(),
            generation.method(),
            tokens / seconds));
  }

  /** What the encoder reads; ends in the end marker. */
  private static int[] source(Vocabulary vocabulary, String text) {
    int[] tokens;
    try {
      tokens = vocabulary.encodeWithSentinels(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("\"%s\": %s".formatted(text, e.getMessage()), e);
    }
    int[] source = Arrays.copyOf(tokens, tokens.length + 1);
    source[tokens.length] = VocabularySpec.EOS;
    return source;
  }
}
