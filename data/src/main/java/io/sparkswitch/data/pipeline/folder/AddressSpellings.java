package io.sparkswitch.data.pipeline.folder;

import java.net.IDN;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ways in which corpora write one address: host in lower case, in Unicode or in Punycode;
 * letters beyond ASCII as they are or percent-encoded, in capitals or not; without the fragment.
 */
final class AddressSpellings {
  private static final Pattern PARTS =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)?([^/?#]*)([^#]*)(#.*)?", Pattern.DOTALL);
  private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9a-fA-F]{2})+");
  private static final String UNRESERVED = "-._~";

  private AddressSpellings() {}

  /** All spellings, the given one first; most addresses have one. */
  static Set<String> of(String address) {
    Set<String> all = new LinkedHashSet<>();
    all.add(address);
    Matcher parts = PARTS.matcher(address);
    if (parts.matches()) {
      String scheme = parts.group(1) == null ? "" : parts.group(1).toLowerCase(Locale.ROOT);
      for (String host : hosts(parts.group(2))) {
        for (String rest : paths(parts.group(3))) {
          all.add(scheme + host + rest);
          if (parts.group(4) != null) {
            all.add(scheme + host + rest + parts.group(4));
          }
        }
      }
    }
    return all;
  }

  private static Set<String> hosts(String host) {
    Set<String> all = new LinkedHashSet<>();
    all.add(host);
    String lower = host.toLowerCase(Locale.ROOT);
    all.add(lower);
    all.add(IDN.toUnicode(lower, IDN.ALLOW_UNASSIGNED));
    try {
      all.add(IDN.toASCII(lower, IDN.ALLOW_UNASSIGNED));
    } catch (IllegalArgumentException e) {
      // No name of a host: it has no Punycode.
    }
    return all;
  }

  private static Set<String> paths(String path) {
    Set<String> all = new LinkedHashSet<>();
    all.add(path);
    String plain =
        ESCAPES.matcher(path).replaceAll(run -> Matcher.quoteReplacement(unescaped(run.group())));
    for (String spelling : List.of(plain, escaped(plain))) {
      all.add(spelling);
      all.add(ESCAPES.matcher(spelling).replaceAll(run -> run.group().toLowerCase(Locale.ROOT)));
    }
    return all;
  }

  /** Without escapes of what needs none; the others, and bytes that are not UTF-8, in capitals. */
  private static String unescaped(String escapes) {
    byte[] bytes = new byte[escapes.length() / 3];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(escapes, 3 * i + 1, 3 * i + 3, 16);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return escapes.toUpperCase(Locale.ROOT);
    }
    StringBuilder plain = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c > 127 || Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0) {
                plain.appendCodePoint(c);
              } else {
                plain.append("%%%02X".formatted(c));
              }
            });
    return plain.toString();
  }

  private static String escaped(String plain) {
    StringBuilder escaped = new StringBuilder();
    plain
        .codePoints()
        .forEach(
            c -> {
              if (c > 127 || c <= ' ') {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                  escaped.append("%%%02X".formatted(b & 0xff));
                }
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }
}
