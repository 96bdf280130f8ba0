import { useEffect, useState } from 'preact/hooks';
import { MoonIcon, SunIcon } from './icons.js';

type Theme = 'light' | 'dark';
const KEY = 'beckon.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** Follows the system until it is used. */
export function ThemeToggle() {
  const [chosen, setChosen] = useState<Theme | null>(storedTheme);
  const [systemDark, setSystemDark] = useState(system.matches);
  const dark = chosen ? chosen === 'dark' : systemDark;

  useEffect(() => {
    const follow = () => setSystemDark(system.matches);
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, []);

  const toggle = () => {
    const theme: Theme = dark ? 'light' : 'dark';
    setChosen(theme);
    applyTheme(theme);
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // It then lasts until the page is closed.
    }
  };

  return (
    <button
      type="button"
      class="theme-toggle"
      role="switch"
      aria-checked={dark}
      aria-label="Dark theme"
      onClick={toggle}
    >
      <span class="theme-knob">{dark ? <MoonIcon /> : <SunIcon />}</span>
    </button>
  );
}

/** Before the first paint, so that nothing flashes. */
export function applyStoredTheme(): void {
  const theme = storedTheme();
  if (theme) applyTheme(theme);
}

function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

function storedTheme(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}
