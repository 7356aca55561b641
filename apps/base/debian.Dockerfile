# Stands in for Debian's image where no registry answers: npm run images -- SYSTEM --local-base
FROM scratch
ADD debian.tar /
CMD ["bash"]
