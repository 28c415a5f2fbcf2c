package io.sparkswitch.jobs.loop;

import io.sparkswitch.model.exchange.Direction;
import io.sparkswitch.model.exchange.Exchange;
import io.sparkswitch.model.exchange.Tag;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long a rank is in calls that move tensors, others' lateness included. Waiting for the
 * driver's orders does not count.
 *
 * <p>Concurrency: as the exchange within.
 */
final class ExchangeTimer {
  private final Exchange exchange;
  private final LongAdder nanos = new LongAdder();

  ExchangeTimer(Exchange exchange) {
    this.exchange = exchange;
  }

  /** The exchange whose calls are counted. */
  Exchange timed() {
    return (Exchange)
        Proxy.newProxyInstance(
            Exchange.class.getClassLoader(),
            new Class<?>[] {Exchange.class},
            (proxy, method, arguments) -> call(method, arguments));
  }

  /** Seconds since this was asked last; starts anew. */
  double takeSeconds() {
    return nanos.sumThenReset() / 1e9;
  }

  /** Does something within a call whose time does not count; calls that it makes do. */
  void excluding(Runnable work) {
    long startedAt = System.nanoTime();
    try {
      work.run();
    } finally {
      nanos.add(startedAt - System.nanoTime());
    }
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    boolean counts =
        arguments != null
            && arguments.length > 0
            && (isOfTensors(arguments[0]) || arguments.length > 1 && isOfTensors(arguments[1]));
    long startedAt = System.nanoTime();
    try {
      return method.invoke(exchange, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (counts) {
        nanos.add(System.nanoTime() - startedAt);
      }
    }
  }

  private static boolean isOfTensors(Object argument) {
    return argument instanceof Tag tag && tag.direction() != Direction.CONTROL;
  }
}
