/** Training loop, aggregation at the driver, recovery. */
package io.sparkswitch.jobs.loop;
