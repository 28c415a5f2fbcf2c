package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.model.exchange.Credentials;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Member;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AttemptKeysTest {

  @Test
  void whatTravelsHasEveryRanksKeyAndNotTheDrivers() throws Exception {
    AttemptKeys.OfRun run = AttemptKeys.OfRun.encrypted();
    Member driver = run.driver(4);
    byte[] closure = serialised(run.ranks(4, 3));

    for (int rank = 0; rank < 3; rank++) {
      Member member = read(closure).member(rank);
      assertThat(member.rank()).isEqualTo(rank);
      assertThat(member.attempt()).isEqualTo(4);
      assertThat(member.secret()).isEqualTo(driver.secret());
      assertThat(member.credentials().authority()).isEqualTo(driver.credentials().authority());
      assertThat(text(closure)).contains(text(member.credentials().key()));
    }
    assertThat(driver.rank()).isEqualTo(Exchange.DRIVER);
    assertThat(text(closure)).doesNotContain(text(driver.credentials().key()));
  }

  @Test
  void everyAttemptHasNewKeysOfTheSameRun() {
    AttemptKeys.OfRun run = AttemptKeys.OfRun.encrypted();
    Member first = run.ranks(0, 1).member(0);
    Member second = run.ranks(1, 1).member(0);
    assertThat(second.credentials()).isNotEqualTo(first.credentials());
    assertThat(second.credentials().authority()).isEqualTo(first.credentials().authority());
    assertThat(second.secret()).isEqualTo(first.secret());
  }

  @Test
  void withoutEncryptionThereIsOnlyTheSecret() throws Exception {
    AttemptKeys.OfRun run = AttemptKeys.OfRun.plain();
    Member member = read(serialised(run.ranks(0, 2))).member(1);
    assertThat(member.credentials()).isEqualTo(Credentials.NONE);
    assertThat(member.secret()).isEqualTo(run.driver(0).secret());
  }

  @Test
  void keysDoNotShow() {
    assertThat(AttemptKeys.OfRun.encrypted().ranks(0, 2))
        .hasToString(
            "AttemptKeys[secret=RunSecret[hidden], attempt=0, credentials=[Credentials[hidden],"
                + " Credentials[hidden]]]");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] serialised(AttemptKeys keys) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(keys);
    }
    return bytes.toByteArray();
  }

  private static AttemptKeys read(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (AttemptKeys) in.readObject();
    }
  }
}
