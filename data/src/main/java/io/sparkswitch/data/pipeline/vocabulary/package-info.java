/** A vocabulary trained on a corpus: words counted and sentences sampled by Spark. */
package io.sparkswitch.data.pipeline.vocabulary;
