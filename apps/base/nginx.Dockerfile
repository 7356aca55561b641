# Stands in for nginx without privileges where no registry answers: Debian's nginx, laid out as that image is.
FROM scratch
ADD nginx.tar /
COPY nginx.conf /etc/nginx/nginx.conf
RUN rm -rf /etc/nginx/sites-enabled /etc/nginx/conf.d /usr/share/nginx/html \
  && mkdir -p /etc/nginx/conf.d /usr/share/nginx/html
EXPOSE 8080
STOPSIGNAL SIGQUIT
USER 101:101
CMD ["nginx", "-e", "/dev/stderr", "-g", "daemon off;"]
