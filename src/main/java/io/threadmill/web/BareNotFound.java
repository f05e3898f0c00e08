package io.threadmill.web;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Gives a 404 that says nothing more its problem document. Actuator's endpoints answer so for a
 * name they do not know, such as that of a cache.
 */
@RestControllerAdvice
final class BareNotFound implements ResponseBodyAdvice<Object> {

  @Override
  public boolean supports(
      MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
    return true;
  }

  @Override
  public @Nullable Object beforeBodyWrite(
      @Nullable Object body,
      MethodParameter returnType,
      MediaType selectedContentType,
      Class<? extends HttpMessageConverter<?>> selectedConverterType,
      ServerHttpRequest request,
      ServerHttpResponse response) {
    if (body != null
        || !(response instanceof ServletServerHttpResponse servlet)
        || servlet.getServletResponse().getStatus() != HttpStatus.NOT_FOUND.value()) {
      return body;
    }
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    return ProblemWriter.document(
        new ProblemException(Problem.NOT_FOUND, "Nothing has the name that the path ends with."));
  }
}
