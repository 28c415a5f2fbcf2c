/** The mixed soft and hard loss. */
package io.sparkswitch.distill.loss;
