export const examplePatch: string;
export function filesOfPatch(patch?: string): string[];
export function applyExample(tree: string, options?: { check?: boolean }): void;
