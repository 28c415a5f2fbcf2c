package io.sparkswitch.jobs.gang;

/**
 * Is told, in an executor, of every phase that its rank enters. Listeners are found as services of
 * the class path; sparkswitch has none of its own.
 *
 * <p>Concurrency: the rank's thread calls, and waits for the listener.
 */
public interface PhaseListener {

  /**
   * @param place where the rank is by now
   * @param exchange what it moves tensors with; null before the rendezvous is over
   */
  void entered(Whereabouts place, Object exchange);
}
