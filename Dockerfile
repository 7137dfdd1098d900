ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The program alone: no declarations, source maps and files for require().
RUN npm run build && rm -rf dist/maps dist/cjs dist/types dist/jest dist/*.d.ts

FROM ${NODE_IMAGE}
WORKDIR /app
# The bundle holds what it needs: no node_modules.
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/dist ./dist
# The ready file says where it listens, whatever was asked for; /dev/shm can be written in a read-only container, too.
ENV NODE_ENV=production KVS_HOST=0.0.0.0 KVS_READY_FILE=/dev/shm/kvs-emulator.json
EXPOSE 4580
# By number: whether the base image has a user of that name does not matter.
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s --retries=3 CMD ["node", "dist/main.js", "health"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
