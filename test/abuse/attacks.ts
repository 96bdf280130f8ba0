import type { Attack } from './attack.js';
import { foreignUser } from './attacks/foreign-user.js';
import { generatedRequests } from './attacks/generated-requests.js';
import { tokens } from './attacks/tokens.js';

/** All attacks, in the order in which they are made. */
export const attacks: readonly Attack[] = [generatedRequests, foreignUser, tokens];
