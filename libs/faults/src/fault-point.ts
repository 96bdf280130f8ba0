/** A step after which a test may end the process, or fail it; each name is the last thing that was done. */
export type FaultPoint =
  | 'claim'
  | 'add'
  | 'stamp'
  | 'ledger'
  | 'effect'
  | 'commit'
  | 'acknowledge'
  | 'chunk'
  | 'checkpoint';

/**
 * Marks a step for tests; does nothing. Only a process that was started with `node --conditions=beckon-faults` loads
 * the module of the same name in `armed/` in place of this one.
 * @param _about what is being worked on, so that a test can choose
 */
export async function faultPoint(_name: FaultPoint, _about?: unknown): Promise<void> {}
