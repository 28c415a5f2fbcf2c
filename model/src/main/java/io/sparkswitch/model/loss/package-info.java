/** Cross-entropy and the router's auxiliary losses. */
package io.sparkswitch.model.loss;
