/** The command line: {@link io.sparkswitch.jobs.Main}, and one class a verb. */
package io.sparkswitch.jobs;
