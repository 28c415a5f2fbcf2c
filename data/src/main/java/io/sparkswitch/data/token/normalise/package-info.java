/**
 * Normalisation of text as SentencePiece's: its rules, and the map of characters that applies them.
 */
package io.sparkswitch.data.token.normalise;
