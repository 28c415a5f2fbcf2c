package io.sparkswitch.jobs.report;

/**
 * A sentence with masked spans and what a model wrote.
 *
 * @param role the model
 * @param input the sentence, a sentinel where words are missing
 * @param spans each sentinel followed by the model's words
 */
record Sample(Role role, String input, String spans) {}
