/**
 * Studies: trainings that are compared. A plan names every run's folder by what it depends on, a
 * runner has the verbs do whatever is not there yet.
 */
package io.sparkswitch.jobs.study;
