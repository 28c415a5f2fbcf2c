package io.sparkswitch.jobs.study.result;

/**
 * What predictors reach that use next to no context, on the same validation targets, nats a target
 * token. A model that is not clearly better than the neighbour does not use its encoder.
 *
 * @param unigram knows how frequent tokens are
 * @param neighbour also knows the token to the left in the text
 */
public record Yardsticks(double unigram, double neighbour) {}
