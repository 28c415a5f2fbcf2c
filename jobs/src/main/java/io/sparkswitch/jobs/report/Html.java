package io.sparkswitch.jobs.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes HTML that is well-formed XML too. Text and attribute values are escaped, always; the names
 * of elements and attributes are constants of this package.
 */
public final class Html {
  /** Elements beside which a line end would show as a space. */
  private static final Set<String> INLINE = Set.of("b", "code", "mark", "span");

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins the document. */
  public Html doctype() {
    out.append("<!DOCTYPE html>\n");
    return this;
  }

  /**
   * @param attributes names and values by turns
   */
  public Html open(String element, String... attributes) {
    tag(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  public Html close() {
    String element = open.pop();
    out.append("</").append(element).append('>');
    if (!INLINE.contains(element)) {
      out.append('\n');
    }
    return this;
  }

  public Html text(String text) {
    escape(text);
    return this;
  }

  public Html element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** An element that never has content: a void element of HTML, or a shape of SVG. */
  public Html empty(String element, String... attributes) {
    tag(element, attributes);
    out.append("/>");
    return this;
  }

  /**
   * The content of {@code style}, which a browser does not unescape.
   *
   * @throws IllegalArgumentException if the sheet holds {@code <} or {@code &}
   */
  public Html styleSheet(String css) {
    if (css.indexOf('<') >= 0 || css.indexOf('&') >= 0) {
      throw new IllegalArgumentException("a style sheet cannot hold < or &");
    }
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  /**
   * @throws IllegalStateException if an element was left open
   */
  public String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("elements left open: " + open);
    }
    return out.toString();
  }

  private void tag(String element, String... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("attributes of " + element + " must come in pairs");
    }
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowedInXml(point) ? point : 0xFFFD);
              }
            });
  }

  private static boolean allowedInXml(int point) {
    return point == '\t'
        || point == '\n'
        || (point >= 0x20 && point < 0xD800)
        || (point > 0xDFFF && point < 0xFFFE)
        || point > 0xFFFF;
  }
}
