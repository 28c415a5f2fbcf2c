/** Cleaning of documents: C4's rules in their order, mC4's rules, and duplicate text. */
package io.sparkswitch.data.clean;
