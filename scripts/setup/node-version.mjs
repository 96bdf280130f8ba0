const oldest = [20, 19];

/** Throws when this Node is older than what package.json's `engines` asks for. */
export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new Error(`Beckon needs Node ${oldest.join('.')} or later; this is ${version}.`);
}
