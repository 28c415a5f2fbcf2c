package io.sparkswitch.jobs.gang;

/**
 * Is told, in an executor, of every phase that its rank enters. Listeners are found as services of
 * the class path; sparkswitch has none of its own.
 *
 * <p>Concurrency: the thread that enters the phase calls, and waits for the listener: the rank's,
 * or the one that writes a checkpoint beside it.
 */
public interface PhaseListener {

  /**
   * @param place where that thread is by now
   * @param exchange what the rank moves tensors with; null before the rendezvous is over
   */
  void entered(Place place, Object exchange);
}
