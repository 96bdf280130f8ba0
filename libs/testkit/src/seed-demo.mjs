// Fills a running Beckon with the demo network: `node seed-demo.mjs <url>`.
import { demoClient } from '../../../scripts/demo/client.mjs';
import { seedDemo } from '../../../scripts/demo/seed.mjs';

await seedDemo(demoClient(process.argv[2]));
