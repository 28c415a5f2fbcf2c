package io.sparkswitch.jobs.packaging;

/**
 * How a program ended and what it said.
 *
 * @param exitCode of the process; in cluster deploy mode that of {@code spark-submit}, not of the
 *     application
 * @param output standard output and standard error, interleaved; in cluster deploy mode the
 *     driver's follow
 */
public record ProgramOutput(int exitCode, String output) {}
