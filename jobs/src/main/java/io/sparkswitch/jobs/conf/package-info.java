/** HOCON in, validated records out. */
package io.sparkswitch.jobs.conf;
