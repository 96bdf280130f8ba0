import { useEffect, useState } from 'preact/hooks';

/** The width below which one side is shown at a time; sides.css says the same. */
const narrow = matchMedia('(max-width: 899px)');

export function useNarrow(): boolean {
  const [matches, setMatches] = useState(narrow.matches);
  useEffect(() => {
    const look = () => setMatches(narrow.matches);
    narrow.addEventListener('change', look);
    return () => narrow.removeEventListener('change', look);
  }, []);
  return matches;
}
