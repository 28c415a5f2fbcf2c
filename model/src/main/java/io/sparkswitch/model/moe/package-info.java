/** The sparse layer: router (decision), exchange (movement), expert (mathematics). */
package io.sparkswitch.model.moe;
