import { useCallback, useState } from 'preact/hooks';

/** A choice that stands in the address, so that reloading or sharing the page keeps it. */
export function useChoice(name: string): [string | null, (value: string) => void] {
  const [value, setValue] = useState(() => new URLSearchParams(location.search).get(name));
  const choose = useCallback(
    (chosen: string) => {
      const query = new URLSearchParams(location.search);
      query.set(name, chosen);
      history.replaceState(null, '', `?${query.toString()}`);
      setValue(chosen);
    },
    [name],
  );
  return [value, choose];
}
