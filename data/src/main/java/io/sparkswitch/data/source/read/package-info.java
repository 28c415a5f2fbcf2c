/** Readers of the formats: what a source file holds as documents, and what of it is malformed. */
package io.sparkswitch.data.source.read;
