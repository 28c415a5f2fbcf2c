/** Corpora: their files and languages, and what is read from them. */
package io.sparkswitch.data.source;
