package io.sparkswitch.data.token;

import java.lang.Character.UnicodeScript;

/**
 * Which substrings may become pieces, as SentencePiece rules: the space mark only in front, and one
 * script a piece (the Japanese and Chinese scripts count as one; digits and punctuation are the
 * common script, so they never join letters).
 */
final class PieceRules {
  private static final int LONG_SOUND_MARK = 0x30FC;

  private PieceRules() {}

  static boolean allow(int[] codes, int from, int length) {
    UnicodeScript script = null;
    for (int i = 0; i < length; i++) {
      int code = codes[from + i];
      if (code == Words.SPACE_MARK) {
        if (i > 0) {
          return false;
        }
        continue;
      }
      UnicodeScript next = script(code);
      if (next == UnicodeScript.INHERITED && script != null) {
        continue;
      }
      if (script != null && script != next) {
        return false;
      }
      script = next;
    }
    return true;
  }

  private static UnicodeScript script(int code) {
    UnicodeScript script = UnicodeScript.of(code);
    boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    return kana || code == LONG_SOUND_MARK ? UnicodeScript.HAN : script;
  }
}
