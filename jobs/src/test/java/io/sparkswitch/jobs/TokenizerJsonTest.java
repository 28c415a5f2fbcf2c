package io.sparkswitch.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkswitch.data.token.train.UnigramPieces;
import io.sparkswitch.data.token.train.UnigramPieces.Scored;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenizerJsonTest {
  private static final List<Scored> PIECES =
      List.of(new Scored("<pad>", 0), new Scored("</s>", 0), new Scored("<unk>", 0));

  @Test
  void bytesAreWrittenAndReadOnlyWhereTheModelHasThem() {
    ObjectNode plain = TokenizerJson.of(new UnigramPieces(PIECES, false, false, false));
    assertThat(plain.at("/model/byte_fallback").asBoolean(true)).isFalse();
    assertThat(plain.at("/decoder/type").asText()).isEqualTo("Metaspace");

    ObjectNode bytes = TokenizerJson.of(new UnigramPieces(PIECES, false, false, true));
    assertThat(bytes.at("/model/byte_fallback").asBoolean()).isTrue();
    assertThat(bytes.at("/decoder/decoders/0/type").asText()).isEqualTo("ByteFallback");
    assertThat(bytes.at("/decoder/decoders/1/type").asText()).isEqualTo("Metaspace");
  }
}
