// What Vite, Rolldown and Prisma run on. package.json's `engines` say the same.
const lines = [
  [20, 19],
  [22, 12],
];
const anyFrom = 24;

/** Throws when this Node is none of those that package.json's `engines` asks for. */
export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major >= anyFrom || lines.some(([line, least]) => major === line && minor >= least)) return;
  const some = lines.map(([line, least]) => `${line} from ${line}.${least} on`).join(', ');
  throw new Error(`Beckon needs Node ${some}, or ${anyFrom} and later; this is ${version}.`);
}
