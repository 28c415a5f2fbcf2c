/** Vocabularies: SentencePiece models, sentinels, and the unigram trainer. */
package io.sparkswitch.data.token;
