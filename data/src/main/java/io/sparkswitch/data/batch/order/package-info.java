/**
 * In which order segments come: shuffled or not, by draws that are pure functions of their keys.
 */
package io.sparkswitch.data.batch.order;
