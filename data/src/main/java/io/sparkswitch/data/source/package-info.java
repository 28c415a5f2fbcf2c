/** Readers that yield {@code Document} records. */
package io.sparkswitch.data.source;
