package io.sparkswitch.model.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparkswitch.model.exchange.NettyEndpoint.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final RunSecret SECRET = RunSecret.random();

  @Test
  void beatsArriveInOrderAndNoneIsWaitedFor() {
    try (HeartbeatListener listener = listener();
        Heartbeat heartbeat = dial(SECRET, 4, 1, listener)) {
      assertThat(listener.take(0)).isEmpty();
      List<String> heard = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        heartbeat.beat(("beat " + i).getBytes(StandardCharsets.UTF_8));
      }
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                listener.take(1).forEach(b -> heard.add(new String(b, StandardCharsets.UTF_8)));
                return heard.size() == 100;
              });
      assertThat(heard).startsWith("beat 0", "beat 1").endsWith("beat 99");
      assertThat(listener.death(1)).isEmpty();
      assertThat(listener.endedInOrder(1)).isFalse();
    }
  }

  @Test
  void aGoodbyeIsNoDeathAndAClosedConnectionIs() {
    try (HeartbeatListener listener = listener()) {
      dial(SECRET, 4, 0, listener).close();
      Awaitility.await().atMost(PATIENCE).until(() -> listener.endedInOrder(0));
      assertThat(listener.death(0)).isEmpty();

      NettyEndpoint dying = NettyEndpoint.dialing(new Member(SECRET, 4, 1), Limits.DEFAULT);
      dying.connect(listener.address(), PATIENCE);
      dying.abort();
      Awaitility.await().atMost(PATIENCE).until(() -> listener.death(1).isPresent());
      assertThat(listener.death(1).orElseThrow()).contains("rank 1").contains("died or gave up");
      assertThat(listener.death(0)).isEmpty();
      dying.close();
    }
  }

  @Test
  void strangersAndOlderAttemptsAreRefused() {
    try (HeartbeatListener listener = listener()) {
      assertThatThrownBy(() -> dial(RunSecret.random(), 4, 0, listener))
          .isInstanceOf(ExchangeException.class);
      assertThatThrownBy(() -> dial(SECRET, 3, 0, listener))
          .isInstanceOf(ExchangeException.class)
          .hasMessageContaining("attempt 3");
      assertThat(listener.take(0)).isEmpty();
      dial(SECRET, 4, 0, listener).close();
    }
  }

  @Test
  void aRankNoticesThatTheDriverIsGone() {
    HeartbeatListener listener = listener();
    try (Heartbeat heartbeat = dial(SECRET, 4, 0, listener)) {
      assertThat(heartbeat.isEnded()).isFalse();
      listener.close();
      Awaitility.await().atMost(PATIENCE).until(heartbeat::isEnded);
    }
  }

  private static HeartbeatListener listener() {
    return new HeartbeatListener(
        NettyEndpoint.bind(
            new ListenAddress("127.0.0.1", "127.0.0.1", 0, 0),
            new Member(SECRET, 4, Exchange.DRIVER)));
  }

  private static Heartbeat dial(
      RunSecret secret, int attempt, int rank, HeartbeatListener listener) {
    return Heartbeat.connect(
        new Member(secret, attempt, rank), Limits.DEFAULT, listener.address(), PATIENCE);
  }
}
