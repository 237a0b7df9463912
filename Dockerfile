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
RUN npm ci --omit=dev --ignore-scripts --include-workspace-root=false \
      --workspace=model --workspace=store --workspace=gateway --workspace=ingest --workspace=metrics \
      --workspace=simulators \
 && rm -rf node_modules/node-linux-* node_modules/node-win-*

FROM node:24-bookworm-slim
WORKDIR /benchline
# With what the workspaces have of their own below them.
COPY --from=dependencies /benchline ./
COPY model model
COPY store store
COPY gateway gateway
COPY ingest ingest
COPY metrics metrics
COPY simulators simulators
# A new volume takes over the owner of the folder that it is mounted on: each of them has to be here.
RUN for part in gateway ingest metrics influxdb grafana mosquitto devices; do mkdir -p "/secrets/$part"; done \
 && for part in gateway ingest metrics simulators; do mkdir -p "/data/$part"; done \
 && chown -R node:node /secrets /data \
 && ln -s /benchline/model/bin/benchline.ts /usr/local/bin/benchline
USER node
# node-opcua keeps a folder of its own there, and containers are read-only but for /tmp.
ENV NODE_OPTIONS=--disable-warning=ExperimentalWarning XDG_CONFIG_HOME=/tmp
ENTRYPOINT ["benchline"]
CMD ["--help"]
