ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM ${NODE_IMAGE}
WORKDIR /app
# The bundle holds what it needs: no node_modules.
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/dist ./dist
ENV NODE_ENV=production KVS_HOST=0.0.0.0
EXPOSE 4580
# By number: whether the base image has a user of that name does not matter.
USER 1000:1000
HEALTHCHECK --interval=5s --timeout=3s --start-period=2s --retries=3 CMD ["node", "-e", \
  "fetch(`http://127.0.0.1:${process.env.KVS_PORT || 4580}/_kvs/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start"]
