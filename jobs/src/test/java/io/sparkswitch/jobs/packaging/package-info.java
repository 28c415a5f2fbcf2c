/**
 * What the build yields, judged as a user meets it: the fat jar, the launcher, and both on a real
 * standalone cluster. These tests run after packaging, as {@code *IT}.
 */
package io.sparkswitch.jobs.packaging;
