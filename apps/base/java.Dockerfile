# Stands in for Maven's image where no registry answers, and is what Spark's stand-in begins with: Debian's Java 17, Maven
# and Python, and the certificates that this machine trusts.
FROM scratch
ADD java.tar /
COPY cacerts /etc/ssl/certs/java/cacerts
COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Ubuntu's pip, in the published image, installs into the system.
RUN rm -f /usr/lib/python3*/EXTERNALLY-MANAGED \
  && printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >/etc/pip.conf
CMD ["bash"]
