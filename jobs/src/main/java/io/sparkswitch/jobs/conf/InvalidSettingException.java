package io.sparkswitch.jobs.conf;

/** A setting of the right type with a value that is not allowed. */
final class InvalidSettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String key;

  InvalidSettingException(String key, Object value, String allowed) {
    super("%s = %s is not allowed: it must be %s".formatted(key, value, allowed));
    this.key = key;
  }

  /** The key in HOCON, such as {@code model.d-ff}. */
  String key() {
    return key;
  }
}
