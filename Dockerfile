# The server in a container. docs/operations.md says how to run it.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm pack --ignore-scripts --pack-destination /tmp \
 && npm install --global --prefix /opt/wallet --no-audit --no-fund /tmp/wallet-*.tgz

FROM node:24-bookworm-slim
COPY --from=build /opt/wallet /opt/wallet
# The ledger is /var/lib/wallet/ledger.db: keep the folder on a volume, which has to be a disk of this machine.
RUN ln -s /opt/wallet/bin/wallet /usr/local/bin/wallet \
 && install --directory --mode=0700 --owner=node --group=node /var/lib/wallet
ENV NODE_ENV=production \
    HOME=/var/lib/wallet \
    XDG_DATA_HOME=/var/lib
USER node
WORKDIR /var/lib/wallet
VOLUME /var/lib/wallet
EXPOSE 8787
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s CMD node -e "fetch('http://127.0.0.1:8787/healthz').then(({ ok }) => process.exit(ok ? 0 : 1))"
ENTRYPOINT ["wallet"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8787", "--behind-proxy"]
