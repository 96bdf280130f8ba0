/** Counts what passed, failed and was skipped; each static check counts as one test. */
export function tally() {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  return {
    pass: () => void count.passed++,
    fail: (what) => {
      count.failed++;
      failures.push(what.split('\n')[0]);
    },
    add: (name, { passed, failed, skipped }) => {
      count.passed += passed;
      count.failed += failed;
      count.skipped += skipped;
      if (failed > 0) failures.push(`${name}: ${failed}`);
    },
    isEmpty: () => count.passed + count.failed + count.skipped === 0,
    failed: () => count.failed > 0,
    /** The failures by name, then the one line that sums it up. */
    report: () => {
      const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
      const list = failures.map((what) => `  ✗ ${what}\n`).join('');
      return `\n${list}${count.passed} passed, ${count.failed} failed${skipped}`;
    },
  };
}
