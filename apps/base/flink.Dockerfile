# Stands in for Flink's image where no registry answers: the same Flink out of its Python package, laid out as that image
# is. The package has no scripts: those of the trials are there under their names, and what one of them starts, the SQL
# gateway, comes from Maven.
ARG JAVA
FROM ${JAVA} AS gateway
COPY flink-sql-gateway-1.20.3 /source
RUN mvn -q -B -f /source/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
      -DoutputDirectory=/jars -DincludeScope=runtime \
 && cd /jars && sha256sum --check --strict --quiet /source/jars.sha256

FROM ${JAVA}
COPY flink /opt/flink
COPY scripts /opt/flink/bin
COPY --from=gateway /jars /opt/flink/gateway
# One compiler and one collecting thread: this image is for clusters of tests, where jobs are started more often than they run for long.
ENV FLINK_HOME=/opt/flink \
  FLINK_CONF_DIR=/opt/flink/conf \
  FLINK_PLUGINS_DIR=/opt/flink/plugins \
  CONNECTORS=/opt/flink/connectors \
  GATEWAY=/opt/flink/gateway \
  FLINK_JVM="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" \
  PATH=/opt/flink/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# The client's own configuration, where nothing is mounted over it.
RUN mkdir /opt/flink/conf && echo '{}' >/opt/flink/conf/config.yaml \
  && echo 'flink:x:9999:9999::/opt/flink:/bin/bash' >>/etc/passwd && echo 'flink:x:9999:' >>/etc/group
WORKDIR /opt/flink
USER 9999:9999
