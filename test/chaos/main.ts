import { cloneDatabase } from '#testkit/database.js';
const d = await cloneDatabase();
console.log(process.argv.slice(2), await d.query('select 1 as one'));
await d.drop();
