/** What is kept of a teacher's distributions, and how a student's batch gets it back. */
package io.sparkswitch.distill.target;
