/** The wire: ragged all-to-all, reduce-scatter, all-gather. */
package io.sparkswitch.model.exchange;
