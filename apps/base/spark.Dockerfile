# Stands in for Spark's image where no registry answers: the same Spark out of its Python package, laid out as that image is.
ARG JAVA
FROM ${JAVA}
COPY spark/deps/bin /opt/spark/bin
COPY spark/deps/jars /opt/spark/jars
COPY spark/pyspark /opt/spark/python/pyspark
COPY spark/lib/py4j-0.10.9.7-src.zip /opt/spark/python/lib/
# Java as sparingly as Flink's stand-in: it is started often, and lives for minutes.
ENV SPARK_HOME=/opt/spark \
  JDK_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
RUN echo 'spark:x:185:185::/opt/spark:/bin/bash' >>/etc/passwd && echo 'spark:x:185:' >>/etc/group
WORKDIR /opt/spark/work-dir
USER 185
