package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What cannot come in or go out is refused by name, and nothing is written. */
class HuggingFaceRefusalsTest extends HuggingFaceFixture {
  @Test
  void whatIsNoWholeFolderIsRefused() throws Exception {
    Path hf = DENSE.write(folder.resolve("hf"));
    Files.delete(hf.resolve("spiece.model"));
    refused(3, importing(hf, "run")).contains("spiece.model is missing: give the vocabulary");
    DENSE.write(hf);
    Files.delete(hf.resolve("model.safetensors"));
    refused(3, importing(hf, "run")).contains("holds neither model.safetensors nor");
    Files.delete(hf.resolve("config.json"));
    refused(3, importing(hf, "run")).contains("config.json is missing");
    assertThat(folder.resolve("run/checkpoints")).doesNotExist();
    assertThat(json("run/status.json").path("exitCode").asInt()).isEqualTo(3);
  }

  @Test
  void whatOurModelCannotBeIsRefused() throws Exception {
    ObjectNode config = DENSE.config();
    config.put("model_type", "umt5");
    refused(3, importing(DENSE.write(folder.resolve("hf"), config), "run"))
        .contains("model_type = \"umt5\"");
    config = DENSE.config().put("vocab_size", 256);
    refused(3, importing(DENSE.write(folder.resolve("hf"), config), "run"))
        .contains("vocab_size = 256", "20 pieces has 120 ids", "an embedding has 128 rows");
    config = SWITCH.config().put("num_experts", 3);
    refused(3, importing(SWITCH.write(folder.resolve("hf"), config), "run"))
        .contains("the model has no", "expert_3", "misshapen are", "router.classifier.weight");
    config = SWITCH.config().put("num_experts", 5);
    refused(3, importing(SWITCH.write(folder.resolve("hf"), config), "run"))
        .contains("it lacks", "expert_4");
  }

  @Test
  void whatHuggingFacesModelCannotBeIsRefused() throws Exception {
    done(importing(SWITCH.write(folder.resolve("hf")), "run"));
    refused(2, exporting("run", "out", "--set", "model.feed-forward=gated-gelu"))
        .contains("this model has no Hugging Face twin: experts with a gated-gelu feed-forward");
    refused(2, exporting("run", "out", "--set", "routing.choices=2"))
        .contains("2 experts a token (routing.choices)");
    refused(2, exporting("run", "out", "--set", "model.expert-sites=both"))
        .contains("experts in attention (model.expert-sites)");
    refused(2, exporting("run", "out", "--dtype", "int8")).contains("--dtype int8");
    Files.delete(folder.resolve("run/vocabulary.json"));
    refused(2, exporting("run", "out")).contains("holds no vocabulary", "--vocab DIR");
  }

  @Test
  void damagedWeightsAreRefusedByName() throws Exception {
    Path hf = DENSE.write(folder.resolve("hf"));
    byte[] weights = Files.readAllBytes(hf.resolve("model.safetensors"));
    weights[0] ^= 1;
    Files.write(hf.resolve("model.safetensors"), weights);
    refused(3, importing(hf, "run")).contains("model.safetensors");
  }
}
