// Reads docker-compose.yml as docker-compose does: `node compose-config.mjs` prints it as JSON with all that it stands for
// filled in from the environment; or what is wrong with it; or why it can't be read here.
import { spawnSync } from 'node:child_process';
import { debianCompose } from '../../../scripts/infra/compose.mjs';

const toJson = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';

try {
  const { command, args, env } = await debianCompose();
  const options = { encoding: 'utf8', env: { ...process.env, ...env } };
  const read = spawnSync(command, [...args, '--profile', 'metrics', '--profile', 'mail', 'config'], options);
  if (read.status === 0) {
    const { stdout } = spawnSync(command, ['-c', toJson], { ...options, input: read.stdout });
    console.log(JSON.stringify({ config: JSON.parse(stdout) }));
  } else console.log(JSON.stringify({ wrong: read.stderr }));
} catch (error) {
  console.log(JSON.stringify({ missing: error.message }));
}
