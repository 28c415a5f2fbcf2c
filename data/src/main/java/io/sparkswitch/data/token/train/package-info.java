/** Training of a unigram vocabulary: seed pieces, expectation maximisation, pruning. */
package io.sparkswitch.data.token.train;
