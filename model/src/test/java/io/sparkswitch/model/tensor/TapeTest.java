package io.sparkswitch.model.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapeTest {
  private final List<String> moves = new ArrayList<>();
  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void keptAndCrossedValuesGiveTheGradientsOfOnePlainGraph() {
    Tensor w = leaf(1, 4, 3);
    Tensor v = leaf(2, 3, 3);
    plain(w, v).backward();
    Tensor twinW = leaf(1, 4, 3);
    Tensor twinV = leaf(2, 3, 3);
    Tape tape = Tape.recording();
    taped(tape, twinW, twinV);
    tape.backward();
    assertThat(Doubles.distance(Doubles.of(twinW.grad()), Doubles.of(w.grad()))).isLessThan(1e-12);
    assertThat(Doubles.distance(Doubles.of(twinV.grad()), Doubles.of(v.grad()))).isLessThan(1e-12);
    assertThat(Doubles.largest(Doubles.of(v.grad()))).isGreaterThan(0.1);
  }

  @Test
  void crossingsRunBackwardInTheReverseOfTheForwardOrder() {
    Tape tape = Tape.recording();
    taped(tape, leaf(1, 4, 3), leaf(2, 3, 3));
    tape.backward();
    assertThat(moves).containsExactly("dispatch", "combine", "combine back", "dispatch back");
  }

  @Test
  void aCrossingRunsBackwardEvenWhenNothingLaterUsesItsRows() {
    Tape tape = Tape.recording();
    Tensor w = leaf(1, 2, 2);
    tape.cross(w.square(), move("unused"), move("unused back"), Phase.OTHER);
    tape.addLoss(w.sum());
    tape.backward();
    assertThat(moves).containsExactly("unused", "unused back");
    assertThat(Doubles.of(w.grad())).as("the loss came after the crossing").containsOnly(1.0);
  }

  @Test
  void zeroRowsCrossLikeAnyOther() {
    Tape tape = Tape.recording();
    Tensor w = leaf(1, 4, 3);
    Tensor none = w.narrow(0, 0, 0);
    Tensor arrived = tape.cross(none, move("dispatch"), move("dispatch back"), Phase.OTHER);
    Tensor returned =
        tape.cross(arrived.square(), move("combine"), move("combine back"), Phase.OTHER);
    tape.addLoss(returned.sum().add(w.sum()));
    tape.backward();
    assertThat(moves).containsExactly("dispatch", "combine", "combine back", "dispatch back");
    assertThat(Doubles.of(w.grad())).containsOnly(1.0);
  }

  @Test
  void rowsThatNobodyDifferentiatesStillCrossInBothDirections() {
    Tape tape = Tape.recording();
    Tensor constant = Doubles.normal(1, 2, 2);
    Tensor w = leaf(3, 2, 2);
    Tensor arrived = tape.cross(constant, move("dispatch"), move("dispatch back"), Phase.OTHER);
    tape.addLoss(arrived.mul(w).sum());
    tape.backward();
    assertThat(moves).containsExactly("dispatch", "dispatch back");
    assertThat(Doubles.of(w.grad())).containsExactly(Doubles.of(constant));
  }

  @Test
  void aTapeForInferenceMovesForwardAndRefusesToRunBackward() {
    Tape tape = Tape.inference();
    Tensor w = Doubles.normal(1, 2, 2);
    assertThat(tape.keep(w)).isSameAs(w);
    assertThat(Doubles.of(tape.cross(w, move("forward"), move("backward"), Phase.OTHER)))
        .containsExactly(Doubles.of(w));
    assertThatIllegalStateException()
        .isThrownBy(tape::backward)
        .withMessageContaining("a tape for inference cannot run backward");
    assertThat(moves).containsExactly("forward");
  }

  /** A residual around two movements, with a loss in an early and one in the last segment. */
  private static Tensor plain(Tensor w, Tensor v) {
    Tensor x = w.mul(w);
    Tensor early = x.sum();
    Tensor arrived = swapped(x.matmul(v));
    Tensor back = swapped(arrived.tanh().matmul(v));
    Tensor y = x.add(back.mul(x));
    return early.add(y.square().sum());
  }

  private void taped(Tape tape, Tensor w, Tensor v) {
    Tensor x = w.mul(w);
    tape.addLoss(x.sum());
    Tensor kept = tape.keep(x);
    Tensor arrived =
        tape.cross(
            x.matmul(v), swap("dispatch"), swap("dispatch back"), Phase.OTHER); // rows in reverse
    Tensor back =
        tape.cross(arrived.tanh().matmul(v), swap("combine"), swap("combine back"), Phase.OTHER);
    Tensor y = kept.add(back.mul(kept));
    Tensor keptY = tape.keep(y);
    tape.end(Phase.OTHER);
    tape.addLoss(keptY.square().sum());
  }

  /** Rows in reverse order: its own inverse and its own adjoint. */
  private static Tensor swapped(Tensor rows) {
    return rows.flip(0);
  }

  private UnaryOperator<Tensor> swap(String name) {
    return rows -> {
      moves.add(name);
      return swapped(rows);
    };
  }

  private UnaryOperator<Tensor> move(String name) {
    return rows -> {
      moves.add(name);
      return rows.clone();
    };
  }

  private static Tensor leaf(long seed, long... shape) {
    Tensor leaf = Doubles.normal(seed, shape);
    leaf.set_requires_grad(true);
    return leaf;
  }
}
