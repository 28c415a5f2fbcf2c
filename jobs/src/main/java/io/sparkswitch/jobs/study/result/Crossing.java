package io.sparkswitch.jobs.study.result;

import java.util.List;
import java.util.Optional;

/** Where a training comes to a loss. */
final class Crossing {
  private Crossing() {}

  /**
   * The first point of a curve that is as low as a loss, between two evaluations by a straight
   * line.
   *
   * @param curve by rising step
   * @return empty if it never is
   */
  static Optional<CurvePoint> of(List<CurvePoint> curve, double loss) {
    for (int i = 0; i < curve.size(); i++) {
      CurvePoint point = curve.get(i);
      if (point.validationLoss() <= loss) {
        return Optional.of(i == 0 ? point : between(curve.get(i - 1), point, loss));
      }
    }
    return Optional.empty();
  }

  private static CurvePoint between(CurvePoint above, CurvePoint below, double loss) {
    double part =
        (above.validationLoss() - loss) / (above.validationLoss() - below.validationLoss());
    return new CurvePoint(
        Math.round(above.step() + part * (below.step() - above.step())),
        above.seconds() + part * (below.seconds() - above.seconds()),
        loss);
  }
}
