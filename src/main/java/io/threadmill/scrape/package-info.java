/**
 * Fetching pages and making something of them: decoding, charset, extraction by a declarative
 * schema, readable text, links and metadata. The pure parts are functions of bytes or a parsed
 * document and know no network; jsoup and RE2/J are used here alone.
 */
@NullMarked
package io.threadmill.scrape;

import org.jspecify.annotations.NullMarked;
