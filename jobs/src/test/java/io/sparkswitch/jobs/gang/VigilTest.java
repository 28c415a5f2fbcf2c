package io.sparkswitch.jobs.gang;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparkswitch.jobs.conf.GangSettings;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Heartbeat;
import io.sparkswitch.model.exchange.HeartbeatListener;
import io.sparkswitch.model.exchange.ListenAddress;
import io.sparkswitch.model.exchange.Member;
import io.sparkswitch.model.exchange.NettyEndpoint;
import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import io.sparkswitch.model.exchange.RunSecret;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VigilTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SUSPECT_AFTER = Duration.ofMillis(500);
  private static final Beat BEAT = new Beat("7", "somewhere", "logs/7/stderr", "its start", false);

  private final RunSecret secret = RunSecret.random();
  private final LinkedBlockingQueue<Loss> losses = new LinkedBlockingQueue<>();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private HeartbeatListener listener;
  private Vigil vigil;

  @BeforeEach
  void listen() {
    listener =
        new HeartbeatListener(
            NettyEndpoint.bind(
                new ListenAddress("127.0.0.1", "127.0.0.1", 0, 0), member(3, Exchange.DRIVER)));
    vigil =
        new Vigil(listener, 2, settings(), new StageWatch("group", told::contains), losses::add);
  }

  @AfterEach
  void close() {
    vigil.close();
  }

  @Test
  void whoBeatsIsLeftAloneAndWhoSaysGoodbyeMayBeSilent() throws Exception {
    try (Heartbeat one = dial(3, 0);
        Heartbeat two = dial(3, 1)) {
      for (int i = 0; i < 15; i++) {
        one.beat(BEAT.toBytes());
        two.beat(BEAT.toBytes());
        assertThat(losses.poll(100, TimeUnit.MILLISECONDS)).isNull();
      }
    }
    assertThat(losses.poll(1, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void silenceMakesASuspectThatIsNamed() throws Exception {
    Heartbeat one = dial(3, 0);
    Heartbeat two = dial(3, 1);
    two.beat(BEAT.doing("the optimizer of step 4", false).toBytes());
    Loss loss = null;
    long start = System.nanoTime();
    while (loss == null && System.nanoTime() - start < PATIENCE.toNanos()) {
      one.beat(BEAT.toBytes());
      loss = losses.poll(50, TimeUnit.MILLISECONDS);
    }

    assertThat(loss).isNotNull();
    assertThat(loss.silent()).isTrue();
    assertThat(loss.executor()).contains("7");
    assertThat(loss.sentence())
        .matches(
            "rank 1 on somewhere \\(executor 7\\), at the optimizer of step 4, was silent for 0[.][56] s; its log: logs/7/stderr");
    one.close();
    two.close();
  }

  @Test
  void whoSparkKnowsToBeLostIsNamedWithWhatItLastDid() {
    try (Heartbeat two = dial(3, 1)) {
      two.beat(BEAT.doing("the optimizer of step 4", false).toBytes());
      String named =
          "rank 1 on somewhere (executor 7), at the optimizer of step 4, was lost: worker lost; its log: logs/7/stderr";
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(vigil.lossOf(1, "was lost: worker lost").sentence()).isEqualTo(named));
    }
    assertThat(vigil.lossOf(0, "was lost: worker lost").sentence())
        .as("never heard of")
        .isEqualTo("rank 0 was lost: worker lost");
  }

  @Test
  void anOlderAttemptIsRefusedAndDoesNotCountAsASignOfLife() throws Exception {
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> dial(2, 0))
        .hasMessageContaining("did not accept this side in attempt 2");
    assertThat(losses.poll(1, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void whoAnnouncesItsEndIsHeard() throws Exception {
    try (Heartbeat one = dial(3, 0)) {
      one.beat(BEAT.doing("computation", true).toBytes());
      Awaitility.await().atMost(PATIENCE).until(vigil::isSomebodyLeaving);
    }
  }

  @Test
  void whomSparkDecommissionsLeavesToo() {
    try (Heartbeat one = dial(3, 0)) {
      one.beat(BEAT.toBytes());
      assertThat(vigil.isSomebodyLeaving()).isFalse();
      told.add("7");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                one.beat(BEAT.toBytes());
                return vigil.leaving().equals(Set.of("7"));
              });
    }
  }

  private Heartbeat dial(int attempt, int rank) {
    return Heartbeat.connect(member(attempt, rank), Limits.DEFAULT, listener.address(), PATIENCE);
  }

  private Member member(int attempt, int rank) {
    return new Member(secret, attempt, rank);
  }

  private static GangSettings settings() {
    return new GangSettings(2, 1, 4, SUSPECT_AFTER, PATIENCE, PATIENCE);
  }
}
