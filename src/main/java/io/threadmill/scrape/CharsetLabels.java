package io.threadmill.scrape;

import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The labels pages use for their encodings and what they mean by them (WHATWG Encoding Standard,
 * section 4.2): a page that says {@code iso-8859-1} is in windows-1252, one that says {@code
 * gb2312} in GBK. Encodings this JDK does not have are left out, as are those the standard maps to
 * "replacement".
 */
final class CharsetLabels {

  /** An encoding by its WHATWG name in lower case. */
  record Known(Charset charset, String name) {}

  /** Name, the JDK's charset, further labels. */
  private static final String TABLE =
      """
      utf-8 UTF-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8
      ibm866 IBM866 866 cp866 csibm866
      iso-8859-2 ISO-8859-2 csisolatin2 iso-ir-101 iso_8859-2:1987 l2 latin2
      iso-8859-3 ISO-8859-3 csisolatin3 iso-ir-109 iso_8859-3:1988 l3 latin3
      iso-8859-4 ISO-8859-4 csisolatin4 iso-ir-110 iso_8859-4:1988 l4 latin4
      iso-8859-5 ISO-8859-5 csisolatincyrillic cyrillic iso-ir-144 iso_8859-5:1988
      iso-8859-6 ISO-8859-6 arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 \
      iso-8859-6-e iso-8859-6-i iso-ir-127 iso_8859-6:1987
      iso-8859-7 ISO-8859-7 csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 \
      iso_8859-7:1987 sun_eu_greek
      iso-8859-8 ISO-8859-8 csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 \
      iso_8859-8:1988 visual
      iso-8859-8-i ISO-8859-8 csiso88598i logical
      iso-8859-10 ISO-8859-10 csisolatin6 iso-ir-157 l6 latin6
      iso-8859-13 ISO-8859-13
      iso-8859-14 ISO-8859-14
      iso-8859-15 ISO-8859-15 csisolatin9 l9
      iso-8859-16 ISO-8859-16
      koi8-r KOI8-R cskoi8r koi koi8 koi8_r
      koi8-u KOI8-U koi8-ru
      macintosh x-MacRoman csmacintosh mac x-mac-roman
      windows-874 x-windows-874 dos-874 iso-8859-11 tis-620 tis620
      windows-1250 windows-1250 cp1250 x-cp1250
      windows-1251 windows-1251 cp1251 x-cp1251
      windows-1252 windows-1252 cp1252 x-cp1252 ansi_x3.4-1968 ascii us-ascii cp819 csisolatin1 \
      ibm819 iso-8859-1 iso-ir-100 iso_8859-1:1987 l1 latin1
      windows-1253 windows-1253 cp1253 x-cp1253
      windows-1254 windows-1254 cp1254 x-cp1254 csisolatin5 iso-8859-9 iso-ir-148 \
      iso_8859-9:1989 l5 latin5
      windows-1255 windows-1255 cp1255 x-cp1255
      windows-1256 windows-1256 cp1256 x-cp1256
      windows-1257 windows-1257 cp1257 x-cp1257
      windows-1258 windows-1258 cp1258 x-cp1258
      x-mac-cyrillic x-MacCyrillic x-mac-ukrainian maccyrillic
      gbk GB18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk
      gb18030 GB18030
      big5 Big5-HKSCS big5-hkscs cn-big5 csbig5 x-x-big5
      euc-jp EUC-JP cseucpkdfmtjapanese x-euc-jp
      iso-2022-jp ISO-2022-JP csiso2022jp
      shift_jis windows-31j windows-31j csshiftjis ms932 ms_kanji shift-jis sjis x-sjis
      euc-kr x-windows-949 cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 \
      ks_c_5601-1989 ksc5601 ksc_5601 windows-949
      utf-16be UTF-16BE unicodefffe
      utf-16le UTF-16LE utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff
      """;

  private static final Map<String, Known> BY_LABEL = read();

  private CharsetLabels() {}

  /** What the label stands for, or null when it is none. Case and outer space do not matter. */
  static @Nullable Known find(@Nullable String label) {
    return label == null ? null : BY_LABEL.get(label.strip().toLowerCase(Locale.ROOT));
  }

  private static Map<String, Known> read() {
    Map<String, Known> byLabel = new HashMap<>();
    for (String line : TABLE.lines().toList()) {
      String[] words = line.split(" ", -1);
      if (!Charset.isSupported(words[1])) {
        continue;
      }
      Known known = new Known(Charset.forName(words[1]), words[0]);
      for (int i = 0; i < words.length; i++) {
        String label = i == 1 ? words[0] : words[i];
        byLabel.put(label, known);
        if (label.startsWith("iso-8859-") && label.length() <= "iso-8859-16".length()) {
          String part = label.substring("iso-8859-".length());
          byLabel.put("iso8859-" + part, known);
          byLabel.put("iso8859" + part, known);
          byLabel.put("iso_8859-" + part, known);
        }
      }
    }
    return Map.copyOf(byLabel);
  }
}
