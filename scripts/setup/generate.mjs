import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFile, servicesWithSchema } from '../db/migrations.mjs';
import { root } from '../paths.mjs';
import { allOf, run } from '../process/run.mjs';
import { hashOf, unlessStamped } from './stamp.mjs';

/** Makes the Prisma clients and the gRPC code if what they come from has changed. */
export async function generate({ signal } = {}) {
  const apps = servicesWithSchema();
  const inputs = [
    ...apps.map((app) => `prisma/${app}/schema.prisma`),
    'prisma.config.ts',
    'package-lock.json',
  ];
  const clients = await unlessStamped(
    { stamp: stampOf('clients'), hash: hashOf(inputs), results: apps.map(clientFolder) },
    () => allOf(apps.map((app) => generateClient(app, signal))),
  );
  const hash = hashOf(['libs/contracts/proto', 'buf.yaml', 'buf.gen.yaml', 'package-lock.json']);
  const grpc = await unlessStamped({ stamp: stampOf('grpc'), hash, results: [grpcFolder] }, () =>
    generateGrpc(signal),
  );
  return clients || grpc;
}

const grpcFolder = join(root, 'libs/contracts/src/generated');
const clientFolder = (app) => join(root, 'apps', app, 'src/generated/prisma');
const stampOf = (name) => join(root, 'dist', `.generated-${name}`);
const bin = (name) => join(root, 'node_modules/.bin', name);

async function generateClient(app, signal) {
  rmSync(clientFolder(app), { recursive: true, force: true });
  // Prisma wants its native engine to be there and never calls it here: any file will do.
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  await run(bin('prisma'), ['generate', '--no-hints', '--schema', schemaFile(app)], { env, signal });
}

async function generateGrpc(signal) {
  if (!existsSync(join(root, 'buf.gen.yaml'))) return;
  rmSync(grpcFolder, { recursive: true, force: true });
  await run(bin('buf'), ['generate'], { signal });
}
