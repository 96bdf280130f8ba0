import type { FaultDefinition } from './fault.js';
import { clock } from './faults/clock.js';
import { crashPoints } from './faults/crash-points.js';
import { crowds } from './faults/crowds.js';
import { everythingLost } from './faults/everything-lost.js';
import { killed } from './faults/killed.js';
import { killedApart } from './faults/killed-apart.js';
import { notAcknowledged } from './faults/not-acknowledged.js';
import { poison } from './faults/poison.js';
import { postgresAway } from './faults/postgres-away.js';
import { redisAway } from './faults/redis-away.js';
import { redisFlushed } from './faults/redis-flushed.js';
import { relayKilled } from './faults/relay-killed.js';
import { rolling } from './faults/rolling.js';
import { serviceAway } from './faults/service-away.js';
import { streams } from './faults/streams.js';
import { surge } from './faults/surge.js';
import { takenBack } from './faults/taken-back.js';
import { twoRelays } from './faults/two-relays.js';

/** Every fault there is, in the order in which they are run: that of the table "Faults to run". */
export const faults: readonly FaultDefinition[] = [
  everythingLost,
  killed,
  killedApart,
  notAcknowledged,
  relayKilled,
  twoRelays,
  crashPoints,
  redisFlushed,
  ...redisAway,
  ...postgresAway,
  ...serviceAway,
  poison,
  takenBack,
  ...streams,
  surge,
  ...crowds,
  rolling,
  clock,
];
