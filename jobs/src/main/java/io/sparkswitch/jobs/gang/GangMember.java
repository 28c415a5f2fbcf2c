package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Exchange;
import org.apache.hadoop.conf.Configuration;

/**
 * One executor's place in a gang.
 *
 * @param exchange connects it with the other ranks and the driver
 * @param attempt number of the gang's attempt, from 0
 * @param hadoop the cluster's file systems
 * @param whereabouts told what the rank is at, for whoever waits for it
 */
public record GangMember(
    Exchange exchange, int attempt, Configuration hadoop, Whereabouts whereabouts) {

  /** Of a gang that nobody watches. */
  public GangMember(Exchange exchange, int attempt, Configuration hadoop) {
    this(exchange, attempt, hadoop, Whereabouts.unwatched(exchange.rank(), attempt));
  }
}
