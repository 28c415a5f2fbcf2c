/** The barrier stage, its rendezvous and its supervision. */
package io.sparkswitch.jobs.gang;
