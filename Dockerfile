# The service's image: build, lay out, train, run. The jars keep one fixed time stamp from the layout
# on, because an AOT cache holds only for the very files, paths and times that it was trained with.

FROM eclipse-temurin:25.0.3_9-jdk-noble AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -q -Dmaven.test.skip=true package
RUN java -Djarmode=tools -jar target/threadmill.jar extract --layers --destination /layers \
 && find /layers -exec touch -d 2026-01-01T00:00:00Z {} +

# What changes least comes first, so that a new version of ours is one small layer.
FROM eclipse-temurin:25.0.3_9-jre-noble AS layout
WORKDIR /opt/threadmill
RUN groupadd --gid 10001 threadmill \
 && useradd --uid 10001 --gid 10001 --home-dir /opt/threadmill --no-create-home --shell /usr/sbin/nologin threadmill \
 && mkdir plugins data \
 && chown 10001:10001 data
COPY deploy/jvm.options deploy/health ./
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./

# Starts the service once, with its embedded Redis, and keeps what the JVM learned of it. A heap of
# fixed size: on a machine of over 54 GB the JVM would write its pointers in another form, and the
# cache would hold for no container of a usual size.
FROM layout AS training
RUN java @/opt/threadmill/jvm.options -Xmx1g \
      -XX:AOTCacheOutput=/opt/threadmill/threadmill.aot -Xlog:aot*=error \
      -Dspring.context.exit=onRefresh \
      -cp "/opt/threadmill/threadmill.jar:/opt/threadmill/plugins/*" \
      io.threadmill.ThreadmillApplication \
      --server.address=127.0.0.1 --threadmill.redis.data-dir=/tmp/redis

FROM layout
LABEL org.opencontainers.image.title="Threadmill" \
      org.opencontainers.image.description="A self-hosted job-execution service" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=training /opt/threadmill/threadmill.aot ./
# Reachable from outside the container; without a key the service then refuses to start.
ENV SERVER_ADDRESS=0.0.0.0
VOLUME /opt/threadmill/data
EXPOSE 8080
STOPSIGNAL SIGTERM
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["/opt/threadmill/health"]
ENTRYPOINT ["java", "@/opt/threadmill/jvm.options", \
            "-XX:AOTCache=/opt/threadmill/threadmill.aot", \
            "-cp", "/opt/threadmill/threadmill.jar:/opt/threadmill/plugins/*", \
            "io.threadmill.ThreadmillApplication"]
