/** Adafactor, AdamW and the learning-rate schedules. */
package io.sparkswitch.model.optim;
