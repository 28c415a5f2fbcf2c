/** Span corruption and the stream of batches. Plain Java, no Spark. */
package io.sparkswitch.data.batch;
