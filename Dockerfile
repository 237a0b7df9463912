# One image for every service: `benchline COMMAND`. Sources run as they are, types stripped by Node; the workspace
# links stay links, because Node strips no types below node_modules.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /benchline
COPY package.json package-lock.json .npmrc ./
COPY model/package.json model/
COPY store/package.json store/
COPY gateway/package.json gateway/
COPY ingest/package.json ingest/
COPY metrics/package.json metrics/
COPY dashboards/package.json dashboards/
COPY simulators/package.json simulators/
COPY tests/package.json tests/
# The packages that bring Node to machines without one are of no use in an image that has it.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/node-linux-* node_modules/node-win-*

FROM node:24-bookworm-slim
WORKDIR /benchline
COPY --from=dependencies /benchline/node_modules node_modules
COPY package.json ./
COPY model model
COPY store store
COPY gateway gateway
COPY ingest ingest
COPY metrics metrics
COPY simulators simulators
# Volumes take over the owner of the folder that they are mounted on.
RUN for part in gateway ingest metrics influxdb grafana mosquitto devices; do mkdir -p "/secrets/$part"; done \
 && mkdir -p /data && chown -R node:node /secrets /data \
 && ln -s /benchline/model/bin/benchline.ts /usr/local/bin/benchline
USER node
ENV NODE_OPTIONS=--disable-warning=ExperimentalWarning
ENTRYPOINT ["benchline"]
CMD ["--help"]
