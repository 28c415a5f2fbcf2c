/** Linear, norm, attention, relative positions, feed-forward. */
package io.sparkswitch.model.layer;
