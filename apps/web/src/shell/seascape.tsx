import { useEffect, useRef } from 'preact/hooks';

/** A lighthouse at night. `flash` changes with each arrival, and the beam answers. */
export function Seascape({ flash }: { flash: number }) {
  const beam = useRef<SVGGElement>(null);

  useEffect(() => {
    if (flash === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    beam.current?.animate([{ opacity: 1 }, { opacity: 1, offset: 0.15 }, { opacity: 0.55 }], {
      duration: 1400,
      easing: 'ease-out',
    });
  }, [flash]);

  return (
    <svg
      class="seascape"
      viewBox="0 0 900 300"
      preserveAspectRatio="xMaxYMax meet"
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <linearGradient id="beam-left" x1="1" x2="0" y1="0" y2="0">
          <stop offset="0" stop-color="#ffd98a" stop-opacity=".85" />
          <stop offset=".35" stop-color="#f5b53d" stop-opacity=".28" />
          <stop offset="1" stop-color="#f5b53d" stop-opacity="0" />
        </linearGradient>
        <linearGradient id="beam-right" x1="0" x2="1" y1="0" y2="0">
          <stop offset="0" stop-color="#ffd98a" stop-opacity=".6" />
          <stop offset="1" stop-color="#f5b53d" stop-opacity="0" />
        </linearGradient>
        <radialGradient id="lamp">
          <stop offset="0" stop-color="#fff1cf" />
          <stop offset=".25" stop-color="#ffd98a" stop-opacity=".7" />
          <stop offset="1" stop-color="#f5b53d" stop-opacity="0" />
        </radialGradient>
        <linearGradient id="sea" x1="0" x2="0" y1="252" y2="330" gradientUnits="userSpaceOnUse">
          <stop offset="0" stop-color="#123646" />
          <stop offset="1" stop-color="#0a1d29" />
        </linearGradient>
      </defs>
      <g fill="#dfe9ea">
        {STARS.map(([x, y, r, opacity]) => (
          <circle key={x} cx={x} cy={y} r={r} opacity={opacity} />
        ))}
      </g>
      <path d="M-2400 252H2400v900H-2400z" fill="url(#sea)" />
      <path
        d="M-700 900C-300 560 300 380 520 290c70-30 130-55 196-59 34-2 52-14 88-13 40 1 62 18 96 22 90 10 150 4 220 18v900H596z"
        fill="#071722"
      />
      <g ref={beam} opacity=".55">
        <path d="M792 92-260-40v250z" fill="url(#beam-left)" />
        <path d="M792 92 1300-10v210z" fill="url(#beam-right)" />
      </g>
      <circle cx="792" cy="92" r="52" fill="url(#lamp)" opacity=".9" />
      <path d="M780 104h24l9 116h-42z" fill="#e6eeec" />
      <path d="M792 104h12l9 116h-21z" fill="#c3d2d1" />
      <path d="M778.2 130h27.600l2.2 28h-32zM773.8 186h36.400l2.2 28h-40.800z" fill="#2b7c8a" />
      <path d="M774 100h36v6h-36z" fill="#21424f" />
      <rect x="782" y="80" width="20" height="20" rx="3" fill="#ffe2a3" />
      <path d="M778 81c3-10 8-15 14-17 6 2 11 7 14 17z" fill="#21424f" />
      <path d="M792 64v-9" stroke="#21424f" stroke-width="2.4" stroke-linecap="round" />
      <g class="waves" stroke="#5fa3ae" stroke-width="1.6" stroke-linecap="round" opacity=".4" fill="none">
        <path d="M180 276h60M300 264h44M400 286h70M470 266h60M540 280h30" />
      </g>
    </svg>
  );
}

const STARS: readonly [number, number, number, number][] = [
  [64, 40, 1.1, 0.5],
  [148, 96, 0.9, 0.35],
  [236, 28, 1.3, 0.6],
  [318, 120, 0.8, 0.3],
  [402, 58, 1, 0.45],
  [486, 24, 1.2, 0.5],
  [560, 140, 0.9, 0.3],
  [618, 50, 1.1, 0.5],
  [690, 118, 0.8, 0.35],
  [708, 22, 1.2, 0.55],
  [858, 30, 1, 0.5],
  [878, 150, 0.9, 0.35],
];
