package io.sparkswitch.jobs.report;

/**
 * A sentence with masked spans and what a model wrote.
 *
 * @param source where it was found, relative to the run folder
 */
record Sample(String source, String input, String output) {}
