import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { sayKindly } from '../api/problem.js';

interface Props {
  title: string;
  /** Why a token is asked for. */
  children: ComponentChildren;
  /** @throws Problem when it is no token */
  signIn: (token: string) => void;
}

/** Takes a token where the server gives none out. */
export function SignIn({ title, children, signIn }: Props) {
  const [token, setToken] = useState('');
  const [complaint, setComplaint] = useState<string | null>(null);
  return (
    <form
      class="panel sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        try {
          signIn(token);
        } catch (error) {
          setComplaint(sayKindly(error));
        }
      }}
    >
      <h2 class="state-title">{title}</h2>
      <p>{children}</p>
      <label class="field">
        <span>Token (JWT); it stays in this window</span>
        <textarea
          required
          rows={4}
          spellcheck={false}
          autocomplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      <p class="complaint" role="alert">
        {complaint}
      </p>
      <button type="submit" class="button button-primary">
        Use this token
      </button>
    </form>
  );
}
