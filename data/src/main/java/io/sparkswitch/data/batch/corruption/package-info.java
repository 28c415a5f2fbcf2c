/** Span corruption: which tokens of a segment are masked, and the lengths this makes. */
package io.sparkswitch.data.batch.corruption;
