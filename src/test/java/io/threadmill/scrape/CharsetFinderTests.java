package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.scrape.CharsetFinder.Found;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharsetFinderTests {

  @ParameterizedTest
  @CsvSource({
    "utf-8, UTF-8, utf-8",
    "UTF8, UTF-8, utf-8",
    "iso-8859-1, windows-1252, windows-1252",
    "latin1, windows-1252, windows-1252",
    "us-ascii, windows-1252, windows-1252",
    "ISO_8859-1:1987, windows-1252, windows-1252",
    "iso8859-15, ISO-8859-15, iso-8859-15",
    "iso88599, windows-1254, windows-1254",
    "gb2312, GB18030, gbk",
    "gbk, GB18030, gbk",
    "gb18030, GB18030, gb18030",
    "shift_jis, windows-31j, shift_jis",
    "sjis, windows-31j, shift_jis",
    "x-sjis, windows-31j, shift_jis",
    "windows-31j, windows-31j, shift_jis",
    "euc-jp, EUC-JP, euc-jp",
    "iso-2022-jp, ISO-2022-JP, iso-2022-jp",
    "euc-kr, x-windows-949, euc-kr",
    "ks_c_5601-1987, x-windows-949, euc-kr",
    "big5, Big5-HKSCS, big5",
    "koi8-r, KOI8-R, koi8-r",
    "cp1251, windows-1251, windows-1251",
    "utf-16, UTF-16LE, utf-16le"
  })
  void readsTheHeaderAsBrowsersMeanIt(String label, String charset, String name) {
    Found found = find("<p>", "text/html; charset=" + label);
    assertThat(found).isEqualTo(new Found(Charset.forName(charset), name, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/html;charset=\"koi8-r\" | koi8-r",
        "text/html; Charset = koi8-r ; x=y | koi8-r",
        "text/html; charset='koi8-r' | koi8-r",
        "charset=koi8-r | koi8-r",
        "text/html; charset=martian | euc-jp",
        "text/html; charset= | euc-jp",
        "text/html; x-charset=koi8-r | euc-jp",
        "text/html | euc-jp"
      })
  void theHeaderComesBeforeTheHeadUnlessItSaysNothing(String header, String name) {
    assertThat(find("<meta charset=euc-jp>", header).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<meta charset=\"koi8-r\"> | koi8-r",
        "<META CHARSET='koi8-r' /> | koi8-r",
        "<meta/charset=koi8-r/> | koi8-r",
        "<meta name=a content=b charset = koi8-r> | koi8-r",
        "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\"> | koi8-r",
        "<meta content='text/html;charset=koi8-r' http-equiv=content-type> | koi8-r",
        "<meta name=description content='charset=koi8-r'> | windows-1252",
        "<!-- <meta charset=koi8-r> --><meta charset=euc-jp> | euc-jp",
        "<!-- <meta charset=koi8-r> | windows-1252",
        "<!--><meta charset=koi8-r> | koi8-r",
        "<meta charset=martian><meta charset=koi8-r> | koi8-r",
        "<metacharset=koi8-r> | windows-1252",
        "<meta charset=utf-16> | utf-8",
        "<meta charset=utf-16be> | utf-8",
        "<?xml version=\"1.0\" encoding=\"koi8-r\"?><html> | koi8-r",
        "<meta | windows-1252",
        "`` | windows-1252"
      })
  void readsWhatTheHeadDeclares(String head, String name) {
    assertThat(find(head, null).name()).isEqualTo(name);
  }

  @Test
  void aDeclarationPastThePrescanIsNotSeen() {
    assertThat(find(" ".repeat(2000) + "<meta charset=koi8-r>", null).name()).isEqualTo("koi8-r");
    assertThat(find(" ".repeat(2048) + "<meta charset=koi8-r>", null).name())
        .isEqualTo("windows-1252");
  }

  @ParameterizedTest
  @CsvSource({
    "EF BB BF 61, utf-8, 3",
    "FE FF 00 61, utf-16be, 2",
    "FF FE 61 00, utf-16le, 2",
    "EF BB, windows-1252, 0"
  })
  void aByteOrderMarkBeatsTheHeader(String hex, String name, int length) {
    byte[] body = HexFormat.ofDelimiter(" ").parseHex(hex);
    Found found = CharsetFinder.find(body, "text/html; charset=windows-1252");
    assertThat(found.name()).isEqualTo(name);
    assertThat(found.bomLength()).isEqualTo(length);
  }

  @ParameterizedTest
  @CsvSource({
    "Shift_JIS, shift_jis, これは日本語のページです。商品の価格は千円です。",
    "EUC-JP, euc-jp, これは日本語のページです。商品の価格は千円です。",
    "UTF-8, utf-8, Grüße aus Zürich – ça va très bien à l’été",
    "UTF-8, utf-8, Café",
    "windows-1251, windows-1251, Это обычный русский текст на странице магазина",
    "windows-1252, windows-1252, Les élèves français préfèrent être à l'école près du café",
    "EUC-KR, euc-kr, 이것은 한국어 페이지입니다. 상품의 가격은 천원입니다.",
    "Big5, big5, 這是一個中文網頁，商品的價格是一千元，歡迎光臨我們的網站"
  })
  void guessesFromTheBytesAlone(String charset, String name, String text) {
    String page = "<html><body><p>" + text + "</p></body></html>";
    byte[] body = page.getBytes(Charset.forName(charset));
    Found found = CharsetFinder.find(body, "text/html");
    assertThat(found.name()).isEqualTo(name);
    assertThat(new String(body, found.charset())).isEqualTo(page);
  }

  private static Found find(String page, @Nullable String contentType) {
    return CharsetFinder.find(page.getBytes(StandardCharsets.ISO_8859_1), contentType);
  }
}
