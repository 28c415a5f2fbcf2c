package io.sparkswitch.jobs.gang;

import java.io.Serializable;

/** What each executor of a gang does; travels in the task's closure. */
@FunctionalInterface
public interface GangTask extends Serializable {

  /** Runs until the driver lets it end; an exception ends the attempt. */
  void run(GangMember member) throws Exception;
}
