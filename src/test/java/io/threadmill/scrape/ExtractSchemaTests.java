package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.job.Violations;
import io.threadmill.job.Violations.Violation;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.helper.Regex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExtractSchemaTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String PAGE =
      """
      <html><body><h1>Outside</h1><main>
      <h1>Lamp  <b>XL</b></h1><p class=price>EUR 1.234,50 now</p><a class=more href="../b?x=1">more</a>
      <img src=/i/lamp.png><ul class=tags><li>red</li><li>big</li></ul>
      <p class=n>1,234</p><p class=c>€ 19.90</p><p class=yes>Yes</p><p class=empty></p>
      <table class=stats><tr data-id=1><td class=n>one</td></tr><tr data-id=x><td>two</td></tr></table>
      </main></body></html>
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'h1' | 'Lamp XL'",
        "{'css':'h1','get':'ownText'} | 'Lamp'",
        "{'css':'h1 b','get':'outerHtml'} | '<b>XL</b>'",
        "'h2' | null",
        "['h2'] | []",
        "'a.more@href' | 'https://shop.example/b?x=1'",
        "'img@src' | 'https://shop.example/i/lamp.png'",
        "'a.more@nothing' | null",
        "{'css':'a.more','get':'@class'} | 'more'",
        "{'css':'a.more','get':'@href','type':'url'} | 'https://shop.example/b?x=1'",
        "['ul.tags > li'] | ['red','big']",
        "{'css':'ul.tags > li','many':true} | ['red','big']",
        "{'css':'ul.tags > li','get':'count'} | 2",
        "{'css':'.gone','get':'count'} | 0",
        "{'css':'.price','get':'exists'} | true",
        "{'css':'.gone','get':'exists'} | false",
        "{'css':'.price','regex':'([0-9.,]+)','type':'decimal'} | 1234.50",
        "{'css':'.price','regex':'USD (.*)'} | null",
        "{'css':'p.n','type':'integer'} | 1234",
        "{'css':'.c','type':'decimal'} | 19.90",
        "{'css':'.yes','type':'boolean'} | true",
        "{'css':'.empty','type':'integer'} | null",
        "{'css':'.gone','default':7} | 7",
        "{'css':'.gone','many':true,'default':['x']} | ['x']",
        "{'css':'.empty','required':true,'default':'x'} | 'x'",
        "'.empty' | ''",
        "{'first':['.gone','.empty','p.n']} | '1,234'",
        "{'css':'tr','many':true,'fields':{'id':'@data-id','n':'td.n'}} |"
            + " [{'id':'1','n':'one'},{'id':'x','n':null}]",
        "{'css':'.gone','fields':{'id':'@data-id'}} | null"
      })
  void readsAField(String field, String expected) {
    Extraction extraction = extract("{'scope':'main','fields':{'f':%s}}".formatted(field), PAGE);
    assertThat(extraction.values().get("f").toString()).isEqualTo(expected.replace('\'', '"'));
    assertThat(extraction.report()).isEmpty();
  }

  @Test
  void oneFieldsFailureSpoilsNoOther() {
    Extraction extraction =
        extract(
            """
            {'fields':{'bad':{'css':'main h1','type':'integer','default':0},
             'rows':{'css':'tr','many':true,'fields':{'id':{'get':'@data-id','type':'integer'}}},
             'good':'main h1'}}
            """,
            PAGE);
    assertThat(extraction.values())
        .hasToString(json("{'bad':0,'rows':[{'id':1},{'id':null}],'good':'Lamp XL'}").toString());
    assertThat(extraction.report())
        .isEqualTo(
            json(
                """
                [{'path':'bad','code':'TYPE','value':'Lamp XL'},
                 {'path':'rows[1].id','code':'TYPE','value':'x'}]
                """));
    assertThat(extraction.missingRequired()).isNull();
  }

  @ParameterizedTest
  @CsvSource({".gone", ".empty"})
  void aRequiredFieldWithoutValueIsNamed(String css) {
    Extraction extraction =
        extract("{'fields':{'a':'h1','f':{'css':'%s','required':true}}}".formatted(css), PAGE);
    assertThat(extraction.missingRequired()).isEqualTo("f");
    assertThat(extraction.report().get(0).get("code").stringValue()).isEqualTo("REQUIRED");
  }

  @Test
  void aScopeThatIsNotThereLeavesEveryKey() {
    Extraction extraction = extract("{'scope':'nav','fields':{'a':'h1','b':['h1']}}", PAGE);
    assertThat(extraction.values()).isEqualTo(json("{'a':null,'b':[]}"));
  }

  @Test
  void matchesAndTextAreBounded() {
    Extraction many = extract("{'fields':{'p':['p'],'q':'p'}}", "<p>x</p>".repeat(10_050));
    assertThat(many.values().get("p")).hasSize(ExtractRun.MAX_MATCHES);
    assertThat(many.report()).extracting(r -> r.get("code").stringValue()).containsOnly("LIMIT");

    String page = "<p>" + "x".repeat(600_000) + "</p>";
    Extraction text = extract("{'fields':{'a':'p','b':'p'}}", page);
    assertThat(text.values().get("a").stringValue()).hasSize(600_000);
    assertThat(text.values().get("b").isNull()).isTrue();
    assertThat(text.report().get(0).get("path").stringValue()).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'price':{'css':'p['}} | /extract/fields/price/css",
        "{'price':'p['} | /extract/fields/price",
        "{'tags':['li:nth-child(']} | /extract/fields/tags/0",
        "{'a/b':'>>'} | /extract/fields/a~1b",
        "{'i':{'first':['h1','p[']}} | /extract/fields/i/first/1",
        "{'r':{'css':'tr','fields':{'x':{'css':'p['}}}} | /extract/fields/r/fields/x/css",
        "{'p':{'css':'p','regex':'(?=a)'}} | /extract/fields/p/regex",
        "{'p':{'css':'p','regex':'('}} | /extract/fields/p/regex",
        "{'p':{'css':'p','get':'value'}} | /extract/fields/p/get",
        "{'p':{'css':'p','type':'money'}} | /extract/fields/p/type",
        "{'p':{'css':'p','type':'date'}} | /extract/fields/p/type",
        "{'p':{'xpath':'//p'}} | /extract/fields/p/xpath",
        "{'p':{'css':'p','locale':'de'}} | /extract/fields/p/locale",
        "{'p':{'css':'p','colour':1}} | /extract/fields/p/colour",
        "{'p':{'css':'p','many':'yes'}} | /extract/fields/p/many",
        "{'p':{'css':'p','get':'exists','type':'boolean'}} | /extract/fields/p/type",
        "{'p':7} | /extract/fields/p",
        "{} | /extract/fields"
      })
  void aFaultIsPointedAt(String fields, String pointer) {
    assertThat(faults("{'fields':%s}".formatted(fields)))
        .extracting(Violation::pointer)
        .containsExactly(pointer);
  }

  @Test
  void sizesAreBounded() {
    String deep = "{'a':".concat("{'fields':{'a':".repeat(6)) + "'p'" + "}}".repeat(6) + "}";
    assertThat(faults("{'fields':" + deep + "}")).singleElement().asString().contains("deeper");
    String many =
        IntStream.rangeClosed(0, 200)
            .mapToObj("'f%d':'p'"::formatted)
            .collect(Collectors.joining(","));
    assertThat(faults("{'fields':{" + many + "}}")).singleElement().asString().contains("200");
    assertThat(faults("{'fields':{'f':'" + "p".repeat(2049) + "'}}"))
        .singleElement()
        .asString()
        .contains("2048");
    assertThat(faults("{'scope':'p[','fields':{'f':'p'},'x':1}"))
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrder("/extract/scope", "/extract/x");
  }

  @Test
  void whatIsNotBuiltSaysSo() {
    assertThat(faults("{'fields':{'p':{'css':'p','type':'json'}}}"))
        .singleElement()
        .extracting(Violation::detail)
        .asString()
        .contains("is not available in this version");
  }

  @Test
  void regexesInSelectorsAreLinearToo() {
    assertThat(Regex.usingRe2j()).isTrue();
  }

  private static Extraction extract(String schema, String page) {
    Violations violations = new Violations("");
    ExtractSchema compiled = ExtractSchema.compile(json(schema), violations, "/extract");
    assertThat(violations.list()).isEmpty();
    return compiled.extract(Jsoup.parse(page), "https://shop.example/a/p");
  }

  private static List<Violation> faults(String schema) {
    Violations violations = new Violations("");
    ExtractSchema.compile(json(schema), violations, "/extract");
    return violations.list();
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
