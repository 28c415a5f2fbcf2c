/** Measurements that are commands. */
package io.sparkswitch.jobs.bench;
