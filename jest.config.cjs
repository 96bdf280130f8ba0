const shared = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['beckon-source', 'node', 'node-addons'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.js', '$1'] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.beckon/'],
  transform: { '^.+\\.[cm]?[tj]sx?$': '<rootDir>/jest.transform.cjs' },
  transformIgnorePatterns: [],
};

module.exports = {
  // Jest reads it here only, not in a project. Longer than a process may take to start (libs/testkit).
  testTimeout: 180_000,
  testSequencer: '<rootDir>/scripts/test/slow-first.cjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      setupFiles: ['<rootDir>/libs/testkit/src/quiet-logs.ts'],
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,libs,test}/**/*.e2e-spec.ts'],
    },
  ],
};
