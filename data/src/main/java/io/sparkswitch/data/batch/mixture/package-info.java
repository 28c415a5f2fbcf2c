/** Mixtures of corpora: the shares of their parts, their caps, and which part comes when. */
package io.sparkswitch.data.batch.mixture;
