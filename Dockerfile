# One image for every app: the command says which (docs/run-with-docker.md). `npm run docker:stages` runs what the RUN
# lines run, and the result, where there is no Docker.

FROM node:20-slim AS build
WORKDIR /app
# By themselves, so that they are installed anew only when they change. .npmrc keeps install scripts from running, and
# so Prisma from downloading engines: nothing of Beckon runs them.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build

FROM node:20-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional are what builds and migrates elsewhere (Prisma's command, TypeScript) and a faster way to read messages.
RUN npm ci --omit=dev --omit=optional

FROM node:20-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 GRPC_HOST=0.0.0.0 GRPC_PORT=50051
# One heap instead of one for each thread, and what starting took goes back: some 15 MB for each process.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=32768 MALLOC_TRIM_THRESHOLD_=32768
COPY package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# What the gRPC servers tell of themselves, and what the migrate job applies.
COPY libs/contracts/proto ./libs/contracts/proto
COPY prisma ./prisma
COPY scripts ./scripts
USER node
EXPOSE 3000 50051
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=6 CMD ["node", "scripts/docker/health.mjs"]
CMD ["node", "--enable-source-maps", "dist/main/all-in-one.cjs"]
