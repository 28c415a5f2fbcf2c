/**
 * The folder of shards as its writer keeps it: plans, what is done, the lease, lists of exclusions,
 * the quarantine.
 */
package io.sparkswitch.data.pipeline.folder;
