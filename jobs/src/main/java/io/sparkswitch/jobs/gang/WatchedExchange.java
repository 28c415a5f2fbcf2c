package io.sparkswitch.jobs.gang;

import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * An exchange that notes which phase each message belongs to, whatever the call: its {@link Tag}
 * tells.
 *
 * <p>Concurrency: as the exchange within.
 */
final class WatchedExchange implements InvocationHandler {
  private final Exchange exchange;
  private final Whereabouts whereabouts;

  private WatchedExchange(Exchange exchange, Whereabouts whereabouts) {
    this.exchange = exchange;
    this.whereabouts = whereabouts;
  }

  static Exchange of(Exchange exchange, Whereabouts whereabouts) {
    return (Exchange)
        Proxy.newProxyInstance(
            Exchange.class.getClassLoader(),
            new Class<?>[] {Exchange.class},
            new WatchedExchange(exchange, whereabouts));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    Tag tag = tag(arguments);
    if (tag != null) {
      whereabouts.enter(RankPhase.of(tag.direction()));
    }
    try {
      Object result = method.invoke(exchange, arguments);
      if (tag != null) {
        whereabouts.enter(RankPhase.COMPUTATION);
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Tag tag(Object[] arguments) {
    if (arguments != null) {
      for (Object argument : arguments) {
        if (argument instanceof Tag tag) {
          return tag;
        }
      }
    }
    return null;
  }
}
