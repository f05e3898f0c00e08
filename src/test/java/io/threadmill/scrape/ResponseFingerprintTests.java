package io.threadmill.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.threadmill.cache.Fingerprint;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ResponseFingerprintTests {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static ScrapeParams params(String json) {
    return JSON.readValue(json.replace('\'', '"'), ScrapeParams.class);
  }

  private static Fingerprint of(String json, String caller) {
    return ResponseFingerprint.of(params(json), "policy", Optional.of(caller));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'url':'http://a.example/'} | {'url':'HTTP://A.example:80/./#part'}",
        "{'url':'http://a.example/','method':'GET'} | {'url':'http://a.example/'}",
        "{'url':'http://a.example/','formats':['text']} | {'url':'http://a.example/','formats':['links']}",
        "{'url':'http://a.example/','maxBytes':10} | {'url':'http://a.example/'}",
        "{'url':'http://a.example/','robots':'obey'} | {'url':'http://a.example/'}",
        "{'url':'http://a.example/','headers':{'A':'1','b':'2'}} | {'url':'http://a.example/','headers':{'B':'2','a':'1'}}",
      })
  void equalRequestsHaveOneResponse(String one, String other) {
    assertThat(of(one, "x")).isEqualTo(of(other, "y"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'url':'http://a.example/'} | {'url':'https://a.example/'}",
        "{'url':'http://a.example/'} | {'url':'http://a.example/?'}",
        "{'url':'http://a.example/x'} | {'url':'http://a.example/X'}",
        "{'url':'http://a.example/?a=1&b=2'} | {'url':'http://a.example/?b=2&a=1'}",
        "{'url':'http://a.example/'} | {'url':'http://a.example/','method':'HEAD'}",
        "{'url':'http://a.example/'} | {'url':'http://a.example/','robots':'ignore'}",
        "{'url':'http://a.example/'} | {'url':'http://a.example/','headers':{'Accept-Language':'de'}}",
        "{'url':'http://a.example/','headers':{'Accept-Language':'en'}} | {'url':'http://a.example/','headers':{'Accept-Language':'de'}}",
        "{'url':'http://a.example/','headers':{'Cookie':'a=1'}} | {'url':'http://a.example/','headers':{'Cookie':'a=2'}}",
        "{'url':'http://a.example/','headers':{'Authorization':'x'}} | {'url':'http://a.example/','headers':{'Authorization':'y'}}",
        "{'url':'http://a.example/','headers':{'X':'1','Y':'2'}} | {'url':'http://a.example/','headers':{'X':'1Y','2':''}}",
      })
  void whatMayChangeTheAnswerSetsApart(String one, String other) {
    assertThat(of(one, "x")).isNotEqualTo(of(other, "x"));
  }

  @Test
  void whatAnotherEgressPolicyLetThroughIsNotUsed() {
    ScrapeParams params = params("{'url':'http://10.0.0.1/'}");
    assertThat(ResponseFingerprint.of(params, "allow 10.0.0.0/8", Optional.empty()))
        .isNotEqualTo(ResponseFingerprint.of(params, "allow none", Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "cookie", "COOKIE"})
  void credentialsSetCallersApart(String header) {
    String json = "{'url':'http://a.example/','headers':{'" + header + "':'secret'}}";
    assertThat(of(json, "x")).isNotEqualTo(of(json, "y")).isEqualTo(of(json, "x"));
    assertThat(ResponseFingerprint.of(params(json), "policy", Optional.empty()))
        .isNotEqualTo(of(json, "nobody"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'url':'http://a/'} | true | false",
        "{'url':'http://a/','method':'HEAD'} | true | false",
        "{'url':'http://a/','method':'POST'} | false | false",
        "{'url':'http://a/','headers':{'range':'bytes=0-1'}} | false | false",
        "{'url':'http://a/','headers':{'If-None-Match':'x'}} | false | false",
        "{'url':'http://a/','headers':{'Cache-Control':'no-store'}} | false | false",
        "{'url':'http://a/','headers':{'Cache-Control':'no-cache'}} | true | true",
        "{'url':'http://a/','headers':{'Cache-Control':'max-age=0'}} | true | true",
        "{'url':'http://a/','headers':{'Cache-Control':'max-age=5'}} | true | false",
        "{'url':'http://a/','headers':{'Pragma':'no-cache'}} | true | true",
      })
  void theRequestSaysWhetherAMapMayTakePart(String json, boolean concerns, boolean insists) {
    assertThat(ResponseFingerprint.concerns(params(json))).isEqualTo(concerns);
    assertThat(ResponseFingerprint.insistsOnTheSite(params(json))).isEqualTo(insists);
  }

  @Test
  void headersThatDifferInCaseOnlyAreBothKept() {
    assertThat(of("{'url':'http://a.example/','headers':{'X':'1','x':'2'}}", "x"))
        .isNotEqualTo(of("{'url':'http://a.example/','headers':{'X':'2'}}", "x"));
  }
}
