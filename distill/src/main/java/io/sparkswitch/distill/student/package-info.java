/** A student initialised from the teacher's non-expert weights. */
package io.sparkswitch.distill.student;
