/** Console, JSON lines, status. */
package io.sparkswitch.jobs.track;
