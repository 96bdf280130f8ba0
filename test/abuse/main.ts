import { runTool } from '../tool/tool.js';
import { abuse } from './abuse.js';

await runTool(abuse, process.argv.slice(2));
