// Tells where a Chromium is, installing it if that is possible: prints JSON, or why there is none.
import { chromium } from '../../../scripts/infra/chromium.mjs';

try {
  console.log(JSON.stringify(await chromium()));
} catch (error) {
  console.log(JSON.stringify({ missing: error.message }));
}
