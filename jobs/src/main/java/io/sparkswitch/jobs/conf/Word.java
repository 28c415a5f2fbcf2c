package io.sparkswitch.jobs.conf;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A word that may stand in a configuration where a number does, such as {@code auto}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Word {
  String value();

  /** The number that the record holds for the word. */
  double means();
}
