/** T5 and Switch T5: configuration records, encoder, decoder. */
package io.sparkswitch.model.t5;
