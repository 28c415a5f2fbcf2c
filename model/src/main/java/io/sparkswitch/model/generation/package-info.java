/** Text from a trained model: greedy, beam search, top-p sampling. */
package io.sparkswitch.model.generation;
