package io.sparkswitch.jobs.study.result;

/**
 * An evaluation in the course of a training.
 *
 * @param step after which it was made
 * @param seconds of training until then, evaluations and checkpoints not counted
 * @param validationLoss nats a target token
 */
public record CurvePoint(long step, double seconds, double validationLoss) {}
