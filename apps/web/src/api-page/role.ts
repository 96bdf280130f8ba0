/** Whom somebody who tries the API acts as. Tokens are not kept: the server gives a new one for the asking. */
export interface Role {
  userId: string;
  scope: (typeof scopes)[number];
}

export const scopes = ['person', 'service', 'admin'] as const;

const KEY = 'beckon.api-page.role';

export function rememberedRole(): Role | null {
  try {
    const { userId, scope } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Role>;
    return userId && scope && scopes.includes(scope) ? { userId, scope } : null;
  } catch {
    return null;
  }
}

export function rememberRole(role: Role): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(role));
  } catch {
    // It then lasts until the page is closed.
  }
}
