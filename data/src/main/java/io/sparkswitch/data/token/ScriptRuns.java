package io.sparkswitch.data.token;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a word may be cut without loss, because no piece reaches across, as SentencePiece rules: a
 * piece keeps to one script (the Japanese and Chinese scripts count as one; digits and punctuation
 * are the common script, so they never join letters), and a space mark stands only in front.
 */
public final class ScriptRuns {
  private static final int LONG_SOUND_MARK = 0x30FC;

  private ScriptRuns() {}

  /**
   * The runs of a word, in order.
   *
   * @param longest most code points of a run; a longer one is cut, where pieces may reach across
   */
  public static List<String> of(String word, int longest) {
    List<String> runs = new ArrayList<>();
    int begin = 0;
    int length = 0;
    UnicodeScript run = null;
    int at = 0;
    while (at < word.length()) {
      int point = word.codePointAt(at);
      boolean mark = point == Words.SPACE_MARK;
      UnicodeScript script = mark ? null : script(point);
      boolean other = run != null && script != run && script != UnicodeScript.INHERITED;
      if (length > 0 && (mark || other || length == longest)) {
        runs.add(word.substring(begin, at));
        begin = at;
        length = 0;
        run = null;
      }
      run = run == null ? script : run;
      length++;
      at += Character.charCount(point);
    }
    if (length > 0) {
      runs.add(word.substring(begin));
    }
    return runs;
  }

  private static UnicodeScript script(int point) {
    UnicodeScript script = UnicodeScript.of(point);
    boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA;
    return kana || point == LONG_SOUND_MARK ? UnicodeScript.HAN : script;
  }
}
