package io.sparkswitch.model.moe;

import io.sparkswitch.model.layer.Dropout;
import io.sparkswitch.model.tensor.Noise;

/**
 * What is random in a pass.
 *
 * @param noise the step's draws
 * @param dropoutRate everywhere but inside experts; 0 outside training
 * @param expertDropoutRate of the experts' hidden layers (paper section 4.1); 0 outside training
 */
public record Draws(Noise noise, double dropoutRate, double expertDropoutRate) {

  /** Nothing is random: evaluation. */
  public static Draws none() {
    return new Draws(new Noise(0, 0), 0, 0);
  }

  /** Dropout of a stack's sequences. */
  public Dropout dropout(TokenGroups groups) {
    return new Dropout(dropoutRate, noise, groups.firstSequence());
  }
}
