/** How a run can end: exit codes, and the exceptions that stand for them. */
package io.sparkswitch.jobs.exit;
