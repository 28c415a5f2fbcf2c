package io.sparkswitch.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sparkswitch.data.source.InputException;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Blocks;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Conventions;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Experts;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.RouterTraining;
import io.sparkswitch.model.checkpoint.HuggingFaceConfig.Sizes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceConfigTest {
  private static final Sizes SIZES = new Sizes(32, 64, 4, 8, 12, 6);
  private static final Conventions V10 = new Conventions(false, true, 32, 128);
  private static final Conventions V11 = new Conventions(true, false, 32, 128);
  private static final String DENSE =
      """
      {"model_type": "t5", "vocab_size": 128, "d_model": 32, "d_kv": 8, "d_ff": 64,
       "num_layers": 12, "num_decoder_layers": 6, "num_heads": 4,
       "relative_attention_num_buckets": 32}
      """;
  private static final String SWITCH =
      DENSE.replace(
          "\"t5\"",
          "\"switch_transformers\", \"num_experts\": 4, \"num_sparse_encoder_layers\": 3,"
              + " \"num_sparse_decoder_layers\": 3");

  @Test
  void anOldFilesAbsentFieldsHaveTheDefaultsOfItsType() {
    assertThat(parse(DENSE))
        .isEqualTo(new HuggingFaceConfig(128, SIZES, V10, 0.1, Optional.empty()));
    assertThat(parse(DENSE.replace("\"t5\"", "\"mt5\"")).conventions()).isEqualTo(V11);
    assertThat(parse(DENSE.replace("\"num_decoder_layers\": 6,", "")).sizes().numDecoderLayers())
        .isEqualTo(12);
    Experts experts = parse(SWITCH).sparse().orElseThrow();
    assertThat(experts.expertCapacity()).isEqualTo(64);
    assertThat(experts.training()).isEqualTo(new RouterTraining(0.01, 0.001, 0.001));
  }

  @Test
  void theNewerFieldForAScaledOutputIsHeard() {
    String untied = with(DENSE, "tie_word_embeddings", "true");
    assertThat(parse(with(untied, "scale_decoder_outputs", "false")).conventions().tied())
        .isFalse();
    assertThat(parse(with(untied, "scale_decoder_outputs", "true")).conventions().tied()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3|1 5 9|1 3 5",
        "6|1 3 5 7 9 11|0 1 2 3 4 5",
        "1|1|1",
        "5|1 3 5 7 9 11|0 1 2 3 4 5"
      })
  void sparseBlocksFollowHuggingFacesRule(int sparse, String encoder, String decoder) {
    String json =
        SWITCH
            .replace("\"num_sparse_encoder_layers\": 3", "\"num_sparse_encoder_layers\": " + sparse)
            .replace(
                "\"num_sparse_decoder_layers\": 3", "\"num_sparse_decoder_layers\": " + sparse);
    Blocks blocks = parse(json).sparse().orElseThrow().blocks();
    assertThat(blocks.encoder()).isEqualTo(blocks(encoder));
    assertThat(blocks.decoder()).isEqualTo(blocks(decoder));
  }

  @Test
  void aSavedStepWinsAndZeroMeansNoSparseBlock() {
    String json = with(with(SWITCH, "encoder_sparse_step", "2"), "decoder_sparse_step", "0");
    Blocks blocks = parse(json).sparse().orElseThrow().blocks();
    assertThat(blocks.encoder()).containsExactly(1, 3, 5, 7, 9, 11);
    assertThat(blocks.decoder()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_type|\"umt5\"|a relative position bias each",
        "model_type|\"bert\"|known are t5, mt5 and switch_transformers",
        "feed_forward_proj|\"gated-silu\"|relu or gated-gelu",
        "layer_norm_epsilon|1e-5|our models have 1.0E-6",
        "pad_token_id|1|our models have 0",
        "eos_token_id|2|our models have 1",
        "decoder_start_token_id|1|our models have 0",
        "d_model|\"32\"|must be an integer",
        "d_model|0|must be at least 1",
        "d_model|1e3|must be an integer",
        "d_model|99999999999|must be an integer",
        "vocab_size|null|must be there",
        "dropout_rate|1.5|must be in [0, 1)",
        "dropout_rate|1e999|must be a number",
        "tie_word_embeddings|\"yes\"|must be true or false",
        "is_encoder_decoder|false|our models have true",
        "tie_encoder_decoder|true|our models have false",
        "quantization_config|{}|only plain weights"
      })
  void whatOurModelCannotBeIsRefusedWithFieldAndValue(String field, String value, String reason) {
    refused(with(DENSE, field, value), field, value, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "router_bias|true|our models have false",
        "router_dtype|\"bfloat16\"|compute in float32",
        "feed_forward_proj|\"gated-gelu\"|are relu",
        "dense_act_fn|\"gelu\"|are relu",
        "num_sparse_encoder_layers|0|it needs encoder_sparse_step",
        "num_sparse_encoder_layers|13|the encoder has 12 blocks",
        "decoder_sparse_step|-1|must be at least 0",
        "num_experts|null|must be there"
      })
  void whatOurSwitchCannotBeIsRefusedWithFieldAndValue(String field, String value, String reason) {
    refused(with(SWITCH, field, value), field, value, reason);
  }

  @Test
  void textThatIsNoJsonObjectIsRefused() {
    for (String text : List.of("", "[]", "{", "{} {}", "{\"a\":1,\"a\":2}")) {
      assertThatExceptionOfType(InputException.class)
          .as(text)
          .isThrownBy(() -> parse(text))
          .withMessageContaining("dir/config.json is no JSON");
    }
  }

  @Test
  void whatIsWrittenIsReadAsItWas() {
    for (Conventions conventions : List.of(V10, V11)) {
      HuggingFaceConfig dense =
          new HuggingFaceConfig(128, SIZES, conventions, 0.05, Optional.empty());
      assertThat(parse(dense.toJson("float32"))).isEqualTo(dense);
    }
    for (Blocks blocks :
        List.of(
            new Blocks(List.of(1, 3, 5, 7, 9, 11), List.of(1, 3, 5)),
            new Blocks(List.of(1, 5, 9), List.of(0, 1, 2, 3, 4, 5)),
            new Blocks(List.of(1), List.of(1, 4)),
            new Blocks(List.of(1), List.of()))) {
      assertThat(parse(sparse(blocks, V10).toJson("bfloat16"))).isEqualTo(sparse(blocks, V10));
    }
  }

  @Test
  void whatHuggingFacesSwitchCannotBeIsNotWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sparse(new Blocks(List.of(0, 2), List.of(1)), V10).toJson("float32"))
        .withMessageContaining("sparse blocks [0, 2] of the encoder's 12");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sparse(new Blocks(List.of(1), List.of(1)), V11).toJson("float32"))
        .withMessageContaining("gated-gelu");
  }

  private static HuggingFaceConfig sparse(Blocks blocks, Conventions conventions) {
    Experts experts = new Experts(4, blocks, 64, new RouterTraining(0.01, 0.02, 0.003));
    return new HuggingFaceConfig(128, SIZES, conventions, 0.1, Optional.of(experts));
  }

  private static void refused(String json, String field, String value, String reason) {
    assertThatExceptionOfType(InputException.class)
        .isThrownBy(() -> parse(json))
        .withMessageContaining("dir/config.json: " + field)
        .withMessageContaining(reason)
        .satisfies(
            e -> {
              if (!value.equals("1e999") && !value.startsWith("1e")) {
                assertThat(e.getMessage()).contains(value);
              }
            });
  }

  private static HuggingFaceConfig parse(String json) {
    return HuggingFaceConfig.parse("dir/config.json", json);
  }

  /** The object with a field set. */
  private static String with(String json, String field, String value) {
    String without = json.replaceAll("\"" + field + "\": [^,}]*,?\\s?", "");
    return without.replaceFirst("\\{", "{\"" + field + "\": " + value + ", ");
  }

  private static List<Integer> blocks(String text) {
    return Arrays.stream(text.split(" ")).map(Integer::valueOf).toList();
  }
}
