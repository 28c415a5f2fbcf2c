/** The tokens of a shuffling window, read ahead and packed in memory. */
package io.sparkswitch.data.batch.window;
