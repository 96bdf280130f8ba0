export function asRole(ownerUrl: string, name: string, password: string): string;
export function ensureRoles(options: {
  ownerUrls: Record<string, string>;
  roleUrls: Record<string, string>;
}): Promise<void>;
