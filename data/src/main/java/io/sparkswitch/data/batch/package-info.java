/** Batches by number, each a pure function of (seed, step). Plain Java, no Spark. */
package io.sparkswitch.data.batch;
