import type { ComponentChildren } from 'preact';

/** Line icons, 20 × 20, in the colour of the text. Decoration: labels stand beside them. */
function Icon({ children, filled }: { children: ComponentChildren; filled?: boolean }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      fill={filled ? 'currentColor' : 'none'}
      stroke={filled ? 'none' : 'currentColor'}
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const BellIcon = () => (
  <Icon>
    <path d="M10 2.8a5 5 0 0 0-5 5c0 4.2-1.6 5.4-1.6 6.4h13.2c0-1-1.6-2.2-1.6-6.4a5 5 0 0 0-5-5Z" />
    <path d="M8.2 16.6a1.9 1.9 0 0 0 3.6 0" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const CommentIcon = () => (
  <Icon>
    <path d="M3.4 5.6A2.2 2.2 0 0 1 5.6 3.4h8.8a2.2 2.2 0 0 1 2.2 2.2v5.8a2.2 2.2 0 0 1-2.2 2.2H9.2L5.6 16.8v-3.2a2.2 2.2 0 0 1-2.2-2.2Z" />
  </Icon>
);

export const SmileIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M7 11.8a3.6 3.6 0 0 0 6 0M7.6 7.8v.1M12.4 7.8v.1" />
  </Icon>
);

export const TrashIcon = () => (
  <Icon>
    <path d="M3.6 5.4h12.8M8 5.2V3.4h4v1.8M5.2 5.6l.7 10.2c0 .5.5.8.9.8h6.4c.5 0 .9-.3.9-.8l.7-10.2" />
  </Icon>
);

export const RefreshIcon = () => (
  <Icon>
    <path d="M16 8.4A6.3 6.3 0 0 0 4.6 6.7M4 11.6a6.3 6.3 0 0 0 11.4 1.7M4.2 3.4v3.5h3.5M15.8 16.6v-3.5h-3.5" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="m4 10.6 4 4 8-9" />
  </Icon>
);

export const DotIcon = () => (
  <Icon filled>
    <circle cx="10" cy="10" r="4.4" />
  </Icon>
);

export const ArchiveIcon = () => (
  <Icon>
    <path d="M3 4h14v3.4H3ZM4.4 7.6v8.6h11.2V7.6M8 10.6h4" />
  </Icon>
);

export const UnarchiveIcon = () => (
  <Icon>
    <path d="M3 4h14v3.4H3ZM4.4 7.6v8.6h11.2V7.6M10 14.2v-4M8.2 11.8 10 10l1.8 1.8" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="3.3" />
    <path d="M10 2.4v1.4M10 16.2v1.4M2.4 10h1.4M16.2 10h1.4M4.6 4.6l1 1M14.4 14.4l1 1M4.6 15.4l1-1M14.4 5.6l1-1" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M16.4 11.9A6.8 6.8 0 0 1 8.1 3.6a6.8 6.8 0 1 0 8.3 8.3Z" />
  </Icon>
);

export const PeopleIcon = () => (
  <Icon>
    <circle cx="7.4" cy="7" r="2.8" />
    <path d="M2.4 16c.3-2.9 2.3-4.4 5-4.4s4.7 1.5 5 4.400M12.6 4.500a2.7 2.7 0 0 1 0 5M14.4 11.900c1.8.5 3 1.9 3.2 4.1" />
  </Icon>
);
