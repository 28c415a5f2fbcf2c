/** The generated demo corpus: short English stories over a fixed world. */
package io.sparkswitch.data.demo;
