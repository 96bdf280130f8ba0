const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The suites that take half a minute and more, in the order in which they begin: what takes longest first, and what keeps
 * the machine busy (sixteen processes, chaos, the browser) by turns with what mostly waits for something to be noticed.
 */
const slow = [
  'test/scale-out.',
  'test/fan-out-faults.',
  'test/chaos/chaos.',
  'test/stall.',
  'gateway/test/gateway.',
  'test/dependencies.',
  'test/inbox-model.',
  'test/crash-points.',
  'test/chaos/self-test.',
  'test/poison-that-kills.',
  'test/pages/network.',
  'test/smoke.',
  'test/shutdown.',
  'test/pages/operations.',
  'test/stream-life.',
  'test/abuse/',
  'test/runbooks-backup.',
  'test/redis-faults.',
  'test/docs-run.',
  'test/runbooks-apart.',
  'test/pages/looks.',
  'test/relay.',
  'test/start-services.',
  'test/random-walk.',
  'test/retention.',
  'test/concurrency.',
  'test/load.',
  'test/fan-out.',
  'test/dead-letters.',
  'test/stream-resume.',
  'test/acknowledge.',
  'test/start.',
];

/** Begins with what takes longest, so that no worker is left with it when the others have nothing to do any more. */
module.exports = class SlowFirst extends Sequencer {
  async sort(tests) {
    const place = ({ path }) => {
      const at = slow.findIndex((name) => path.includes(name));
      return at < 0 ? slow.length : at;
    };
    return (await super.sort(tests)).sort((a, b) => place(a) - place(b));
  }
};
