package io.sparkswitch.model.optim;

/** Adafactor on one matrix in plain Java, every entry of everything written out. */
final class NaiveAdafactor {
  private final AdafactorSettings settings;
  private final boolean factored;
  private final double[] row;
  private final double[] column;
  private final double[][] square;
  private final double[][] average;

  NaiveAdafactor(AdafactorSettings settings, int out, int in, boolean factored) {
    this.settings = settings;
    this.factored = factored;
    this.row = new double[out];
    this.column = new double[in];
    this.square = new double[out][in];
    this.average = new double[out][in];
  }

  void step(double[][] value, double[][] gradient, long t, double learningRate) {
    int out = value.length;
    int in = value[0].length;
    double beta2 = 1 - Math.pow(t, -settings.statistics().decayExponent());
    double rate = learningRate;
    if (settings.leastScale().isPresent()) {
      rate *= Math.max(settings.leastScale().getAsDouble(), rootMeanSquare(value));
    }
    double[][] moment = factored ? factored(gradient, beta2) : full(gradient, beta2);
    double[][] update = new double[out][in];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        update[i][j] = gradient[i][j] / Math.sqrt(moment[i][j]);
      }
    }
    double divisor = Math.max(1, rootMeanSquare(update) / settings.clipThreshold());
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        double scaled = rate * update[i][j] / divisor;
        average[i][j] = settings.beta1() * average[i][j] + (1 - settings.beta1()) * scaled;
        value[i][j] -= settings.weightDecay() * rate * value[i][j];
        value[i][j] -= average[i][j];
      }
    }
  }

  private double[][] full(double[][] gradient, double beta2) {
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < column.length; j++) {
        square[i][j] = beta2 * square[i][j] + (1 - beta2) * squared(gradient[i][j]);
      }
    }
    return square;
  }

  private double[][] factored(double[][] gradient, double beta2) {
    double[] rowMean = new double[row.length];
    double[] columnMean = new double[column.length];
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < column.length; j++) {
        rowMean[i] += squared(gradient[i][j]) / column.length;
        columnMean[j] += squared(gradient[i][j]) / row.length;
      }
    }
    double mean = 0;
    for (int i = 0; i < row.length; i++) {
      row[i] = beta2 * row[i] + (1 - beta2) * rowMean[i];
      mean += row[i] / row.length;
    }
    for (int j = 0; j < column.length; j++) {
      column[j] = beta2 * column[j] + (1 - beta2) * columnMean[j];
    }
    double[][] moment = new double[row.length][column.length];
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < column.length; j++) {
        moment[i][j] = row[i] * column[j] / mean;
      }
    }
    return moment;
  }

  private double squared(double gradient) {
    return gradient * gradient + settings.statistics().epsilon();
  }

  private static double rootMeanSquare(double[][] matrix) {
    double sum = 0;
    for (double[] line : matrix) {
      for (double entry : line) {
        sum += entry * entry;
      }
    }
    return Math.sqrt(sum / matrix.length / matrix[0].length);
  }
}
