/** Soft targets and their store. */
package io.sparkswitch.distill.target;
