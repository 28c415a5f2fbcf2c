/** The thin layer over libtorch: scopes, tapes, draws, bytes. */
package io.sparkswitch.model.tensor;
