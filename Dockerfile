# Two images. `docker build .` makes the whole one, `docker build --target slim .` one without a decoder, which answers
# GetImages with an error for each picture and everything else alike.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The program alone: no declarations, source maps and entry points of the library.
RUN npm run build && rm -rf dist/maps dist/esm dist/cjs/types dist/cjs/jest dist/cjs/*.d.ts dist/cjs/*.js

# What node needs to run, and nothing else: its libraries as the loader names them, who owns a process, whom to trust.
FROM ${NODE_IMAGE} AS runtime
RUN set -eu; mkdir -p /root-fs/usr/local/bin /root-fs/etc/ssl/certs /root-fs/app /root-fs/tmp /root-fs/seed; chmod 1777 /root-fs/tmp; \
  install -d -o 1000 -g 1000 -m 700 /root-fs/data; \
  cp "$(readlink -f "$(command -v node)")" /root-fs/usr/local/bin/node; \
  for library in $(ldd /root-fs/usr/local/bin/node | grep -o '/[^ ]*'); do \
    mkdir -p "/root-fs$(dirname "$library")"; cp -L "$library" "/root-fs$library"; \
  done; \
  printf 'root:x:0:0::/:\nkvs:x:1000:1000::/tmp:\n' >/root-fs/etc/passwd; \
  printf 'root:x:0:\nkvs:x:1000:\n' >/root-fs/etc/group; \
  printf 'hosts: files dns\n' >/root-fs/etc/nsswitch.conf; \
  if [ -e /etc/ssl/certs/ca-certificates.crt ]; then cp -L /etc/ssl/certs/ca-certificates.crt /root-fs/etc/ssl/certs/; fi; \
  mkdir -p /root-fs/usr/share/licenses; \
  for text in /usr/local/LICENSE /usr/share/common-licenses/GPL-3 /usr/share/common-licenses/LGPL-2.1; do \
    if [ -e "$text" ]; then cp -L "$text" /root-fs/usr/share/licenses/; fi; \
  done

FROM scratch AS slim
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="kvs-emulator" \
  org.opencontainers.image.description="A local emulator of Amazon Kinesis Video Streams, on one port" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
COPY --from=runtime /root-fs /
WORKDIR /app
# The bundle holds what it needs: no node_modules.
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/dist ./dist
# The ready file says where it listens, whatever was asked for; /dev/shm can be written in a read-only container, too.
# What is mounted at /seed is there from the start: files with seeds, and the recordings that they name.
ENV PATH=/usr/local/bin NODE_ENV=production KVS_HOST=0.0.0.0 KVS_READY_FILE=/dev/shm/kvs-emulator.json KVS_SEED=/seed
EXPOSE 4580
# /data is there for a volume and KVS_DATA_DIR=/data; without them a container keeps nothing.
# By number, as Kubernetes wants it for runAsNonRoot.
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s --retries=3 CMD ["node", "/app/dist/main.js", "health"]
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["start"]

# ffmpeg as WebAssembly: the same file for every architecture, a tenth of what a distribution's would bring.
FROM ${NODE_IMAGE} AS decoder
WORKDIR /decoder
RUN npm install --no-audit --no-fund --ignore-scripts @ffmpeg/core@0.12.10 && rm -rf node_modules/@ffmpeg/core/dist/esm && \
  printf '@ffmpeg/core 0.12.10 is ffmpeg and its libraries, built for WebAssembly, under the GPL, version 2 or later.\n\
It is a program of its own, which kvs-emulator runs. Sources: https://github.com/ffmpegwasm/ffmpeg.wasm\n\n' >node_modules/@ffmpeg/core/LICENSE && \
  cat /usr/share/common-licenses/GPL-2 >>node_modules/@ffmpeg/core/LICENSE

FROM slim AS whole
COPY --from=decoder /decoder/node_modules/@ffmpeg/core /app/node_modules/@ffmpeg/core
