/** What came out of a study: the figures of its rows, and their CSV, JSON, SVG and HTML. */
package io.sparkswitch.jobs.study.result;
