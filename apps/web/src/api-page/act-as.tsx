import { useEffect, useState } from 'preact/hooks';
import { sayKindly } from '../api/problem.js';
import { claimsOf, tokenFor } from '../api/tokens.js';
import { rememberedRole, rememberRole, type Role, scopes } from './role.js';
import { authorize, authorizedToken, type SwaggerUi } from './swagger.js';

/** Gives every call that is tried the token of whom one chooses, and says whose it is. */
export function ActAs({ ui }: { ui: SwaggerUi }) {
  const [role, setRole] = useState<Role>(() => rememberedRole() ?? { userId: 'ana', scope: 'person' });
  const [complaint, setComplaint] = useState<string | null>(null);
  const token = useAuthorizedToken(ui);

  const act = async ({ userId, scope }: Role) => {
    setComplaint(null);
    try {
      authorize(ui, await tokenFor(userId, scope === 'person' ? undefined : scope));
      rememberRole({ userId, scope });
    } catch (error) {
      setComplaint(sayKindly(error));
    }
  };
  useEffect(() => {
    const before = rememberedRole();
    if (before) void act(before);
  }, []);

  return (
    <form
      aria-label="Who tries the calls"
      onSubmit={(event) => {
        event.preventDefault();
        void act(role);
      }}
    >
      <label>
        <span>Act as</span>
        <input
          required
          pattern="[A-Za-z0-9_\-]{1,64}"
          title="1 to 64 letters, digits, _ or -"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={role.userId}
          onInput={({ currentTarget }) => setRole({ ...role, userId: currentTarget.value })}
        />
      </label>
      <select
        aria-label="Role"
        value={role.scope}
        onChange={({ currentTarget }) => setRole({ ...role, scope: currentTarget.value as Role['scope'] })}
      >
        {scopes.map((scope) => (
          <option key={scope}>{scope}</option>
        ))}
      </select>
      <button type="submit">Use this token</button>
      {complaint === null ? <p role="status">{sayWho(token)}</p> : <p role="alert">{complaint}</p>}
    </form>
  );
}

function sayWho(token: string | null): string {
  if (token === null) return 'Calls carry no token yet.';
  const claims = claimsOf(token);
  if (claims === null) return 'Calls carry a token that can’t be read here.';
  const { userId, scopes: may } = claims;
  if (may.includes('service'))
    return `You are the service ${userId}; Beckon-Actor says whom a call acts for.`;
  return may.includes('admin') ? `You are the admin ${userId}.` : `You are ${userId}.`;
}

/** Also one that was pasted into Swagger UI's own dialog, and null when that was told to forget it. */
function useAuthorizedToken(ui: SwaggerUi): string | null {
  const [token, setToken] = useState(() => authorizedToken(ui));
  useEffect(() => ui.getStore().subscribe(() => setToken(authorizedToken(ui))), [ui]);
  return token;
}
