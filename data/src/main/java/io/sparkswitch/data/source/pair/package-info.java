/** Supervised examples as they are stored: pairs of inputs and targets. */
package io.sparkswitch.data.source.pair;
