const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * The suites that take a minute or nearly, in the order in which they begin: what takes longest first, and what keeps
 * the machine busy (chaos, then the browser, then sixteen processes) beside what mostly waits.
 */
const slow = [
  'test/scale-out.',
  'test/stall.',
  'test/chaos/chaos.',
  'test/inbox-model.',
  'test/dependencies.',
  'test/chaos/self-test.',
  'test/smoke.',
  'test/pages/network.',
  'test/start-services.',
  'test/docs-run.',
  'test/pages/operations.',
  'test/start.',
  'test/random-walk.',
  'test/pages/looks.',
  'test/stream-life.',
  'test/shutdown.',
  'test/runbooks-backup.',
  'test/runbooks-apart.',
  'test/crash-points.',
  'test/poison-that-kills.',
  'test/fan-out-faults.',
  'test/concurrency.',
  'test/abuse/',
  'test/load.',
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
