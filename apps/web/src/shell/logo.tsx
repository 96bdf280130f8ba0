/** The beacon: a lamp that reaches to both sides. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16 10.2 31 4.400v11.600z" fill="var(--amber)" />
      <path d="M16 10.2 1 6.600v7.200z" fill="var(--amber)" opacity=".45" />
      <path d="M12.6 13.600h6.800l1.8 15.400H10.800z" fill="#eef4f3" />
      <path d="M12.1 18h7.800l.6 4.600h-9z" fill="#2b7c8a" />
      <rect x="12.4" y="7" width="7.2" height="6.2" rx="1.6" fill="#ffd98a" />
      <path d="M11.2 7.6 16 3.200l4.8 4.400z" fill="#eef4f3" />
    </svg>
  );
}
