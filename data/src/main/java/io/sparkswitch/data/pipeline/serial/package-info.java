/** What travels between the driver and the executors of a data job, and how it is written. */
package io.sparkswitch.data.pipeline.serial;
