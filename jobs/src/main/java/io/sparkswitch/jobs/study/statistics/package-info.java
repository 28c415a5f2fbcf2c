/**
 * Means and shares over pairs of runs, and how sure they are. Knows nothing of runs or of Spark.
 */
package io.sparkswitch.jobs.study.statistics;
