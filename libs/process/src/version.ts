/** Of the release, as package.json has it, which the bundles don't read. A unit test compares the two. */
export const VERSION = '0.1.0';
