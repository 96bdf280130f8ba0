// Tells where Prometheus's promtool is: `node find-promtool.mjs` prints JSON, or why there is none.
import { promtool } from '../../../scripts/infra/promtool.mjs';

try {
  console.log(JSON.stringify({ command: await promtool() }));
} catch (error) {
  console.log(JSON.stringify({ missing: error.message }));
}
