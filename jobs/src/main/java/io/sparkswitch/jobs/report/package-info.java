/** The static report. */
package io.sparkswitch.jobs.report;
