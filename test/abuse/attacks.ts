import type { Attack } from './attack.js';
import { foreignUser } from './attacks/foreign-user.js';
import { generatedRequests } from './attacks/generated-requests.js';
import { grpcCalls } from './attacks/grpc-calls.js';
import { hostileBodies } from './attacks/hostile-bodies.js';
import { hostileText } from './attacks/hostile-text.js';
import { hugeHeaders } from './attacks/huge-headers.js';
import { largeBodies } from './attacks/large-bodies.js';
import { queueJobs } from './attacks/queue-jobs.js';
import { slowClients } from './attacks/slow-clients.js';
import { streamFlood } from './attacks/stream-flood.js';
import { tickets } from './attacks/tickets.js';
import { tokens } from './attacks/tokens.js';

/** All attacks, in the order in which they are made. */
export const attacks: readonly Attack[] = [
  generatedRequests,
  foreignUser,
  tokens,
  tickets,
  hostileBodies,
  hostileText,
  grpcCalls,
  queueJobs,
  largeBodies,
  hugeHeaders,
  slowClients,
  streamFlood,
];
