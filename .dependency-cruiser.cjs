// Lowest first. A lib may import its own row and the rows before it.
const rows = [
  ['contracts', 'text', 'faults', 'tracing'],
  ['errors', 'config', 'lifecycle', 'logging', 'database', 'redis', 'auth'],
  ['http', 'grpc', 'queue', 'lookup', 'retention', 'idempotency'],
  ['outbox', 'consumer', 'operations', 'process'],
];
const paths = (libs) => `^libs/(${libs.join('|')})/`;
const tests = '\\.((e2e-)?spec|fixture)\\.tsx?$|^test/|^apps/[^/]+/test/|^libs/testkit/';

const onlyDown = rows.slice(0, -1).map((row, index) => ({
  name: `row-${index + 1}-imports-nothing-above`,
  severity: 'error',
  from: { path: paths(row), pathNot: tests },
  to: { path: paths(rows.slice(index + 1).flat()) },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: { pathNot: '/generated/' }, to: { circular: true } },
    {
      name: 'import-must-resolve',
      severity: 'error',
      from: { pathNot: '/generated/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'apps-apart',
      comment: 'Only all-in-one knows the other apps.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/all-in-one/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-below-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    ...onlyDown,
    {
      name: 'every-lib-has-a-row',
      severity: 'error',
      from: { path: '^libs/', pathNot: paths([...rows.flat(), 'testkit']) },
      to: {},
    },
    {
      name: 'examples-alone',
      comment: 'They are copied out of here.',
      severity: 'error',
      from: { path: '^examples/' },
      to: { path: '^(apps|libs|test)/' },
    },
    {
      name: 'testkit-for-tests',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '^libs/testkit/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|\\.beckon)/|^apps/web/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['beckon-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
