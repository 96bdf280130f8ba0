import { runTool } from './test/tool.mjs';

await runTool('abuse');
