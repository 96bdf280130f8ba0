/** The ids of the demo network, as the seeding script creates them. The page asks the API who they are. */
export const DEMO_USER_IDS: readonly string[] = [
  'ana',
  'ben',
  'cyra',
  'deniz',
  'emeka',
  'farah',
  'goro',
  'hana',
];
