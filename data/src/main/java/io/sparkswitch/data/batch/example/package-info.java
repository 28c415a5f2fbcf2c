/** Supervised examples: their shape, where they come from, and the folder that keeps them. */
package io.sparkswitch.data.batch.example;
