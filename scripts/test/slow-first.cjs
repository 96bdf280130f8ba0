const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites that take a minute or nearly, longest first. */
const slow = [
  'test/chaos/',
  'test/scale-out.',
  'test/pages/',
  'test/inbox-model.',
  'test/dependencies.',
  'test/shutdown.',
  'test/runbooks-backup.',
  'test/crash-points.',
  'test/stall.',
  'test/poison-that-kills.',
  'test/fan-out-faults.',
  'test/concurrency.',
  'test/abuse/',
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
