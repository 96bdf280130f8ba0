import { readFileSync } from 'node:fs';

import { events, eventTables } from '../../../scripts/docs/event-tables.mjs';
import { withPart } from '../../../scripts/docs/made-part.mjs';
import { catalogue, producers } from './catalogue.js';
import { eventData } from './events.js';
import * as ids from './ids.js';

describe('docs/events.md', () => {
  it('says what the catalogue says; if not, run npm run docs:events', () => {
    const page = readFileSync(events.page, 'utf8');
    expect(page).toBe(withPart(page, events, eventTables({ eventData, catalogue, producers, ids })));
  });
});
