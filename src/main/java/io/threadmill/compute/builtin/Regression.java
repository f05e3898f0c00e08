package io.threadmill.compute.builtin;

import io.threadmill.compute.ComputationFailed;
import io.threadmill.compute.ComputeContext;
import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.regression.OLSMultipleLinearRegression;
import org.jspecify.annotations.Nullable;

/**
 * A fit by ordinary least squares, with an intercept.
 *
 * @param standardErrors of the intercept, then of each coefficient
 * @param rSquared null where all values are equal
 */
record Regression(
    double intercept,
    List<Double> coefficients,
    List<Double> standardErrors,
    @Nullable Double rSquared,
    double residualStandardError) {

  /** Below this, the part of a regressor that the others do not explain is rounding. */
  private static final double DEPENDENT = 1e-10;

  /**
   * @param columns a regressor each
   * @throws ComputationFailed when a regressor depends linearly on others or does not vary
   */
  static Regression of(double[] values, double[][] columns, ComputeContext context)
      throws InterruptedException, ComputationFailed {
    requireIndependence(columns);
    context.check();
    double[][] rows = new double[values.length][columns.length];
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < columns.length; k++) {
        rows[i][k] = columns[k][i];
      }
    }
    var fit = new OLSMultipleLinearRegression();
    fit.newSampleData(values, rows);
    double[] parameters = fit.estimateRegressionParameters();
    context.check();
    double total = StatUtils.variance(values);
    var regression =
        new Regression(
            parameters[0],
            boxed(Arrays.copyOfRange(parameters, 1, parameters.length)),
            boxed(fit.estimateRegressionParametersStandardErrors()),
            total == 0 ? null : Double.valueOf(fit.calculateRSquared()),
            fit.estimateRegressionStandardError());
    regression.requireFinite();
    return regression;
  }

  /** Each column is centred and brought to length 1, so that one threshold fits all. */
  private static void requireIndependence(double[][] columns) throws ComputationFailed {
    var scaled = new Array2DRowRealMatrix(columns[0].length, columns.length);
    for (int k = 0; k < columns.length; k++) {
      double[] column = columns[k].clone();
      double mean = StatUtils.mean(column);
      double largest = 0;
      double spread = 0;
      for (int i = 0; i < column.length; i++) {
        largest = Math.max(largest, Math.abs(column[i]));
        column[i] -= mean;
        spread = Math.max(spread, Math.abs(column[i]));
      }
      if (spread <= DEPENDENT * largest) {
        throw new ComputationFailed(
            "Regressor %d does not vary, so no coefficient can be given for it.".formatted(k));
      }
      double length = 0;
      for (double value : column) {
        length += (value / spread) * (value / spread);
      }
      double unit = spread * Math.sqrt(length);
      scaled.setColumn(k, Arrays.stream(column).map(value -> value / unit).toArray());
    }
    if (!new QRDecomposition(scaled, DEPENDENT).getSolver().isNonSingular()) {
      throw new ComputationFailed(
          "The regressors are collinear: one of them is a linear combination of the others.");
    }
  }

  private void requireFinite() throws ComputationFailed {
    boolean finite =
        Double.isFinite(intercept)
            && Double.isFinite(residualStandardError)
            && coefficients.stream().allMatch(Double::isFinite)
            && standardErrors.stream().allMatch(Double::isFinite);
    if (!finite) {
      throw new ComputationFailed("The numbers differ too much in size to be fitted.");
    }
  }

  private static List<Double> boxed(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }
}
