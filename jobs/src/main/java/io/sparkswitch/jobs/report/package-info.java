/**
 * The static report: a run folder in, {@code report.html} and {@code summary.json} out.
 *
 * <p>The charts are written as SVG by this package. A chart library on top of AWT (XChart) measures
 * its labels with the machine's fonts and fails where there are none, which is what a container
 * with nothing but a JDK is; it also turns every label into outlines, which neither follow the
 * reader's light or dark scheme nor can be searched.
 */
package io.sparkswitch.jobs.report;
