import { useState } from 'preact/hooks';
import { redriveMany, type LetterFilter } from '../api/operations.js';
import { AskDialog } from '../shell/ask-dialog.js';

/** What the server marks at once at most. */
const LIMIT = 10_000;

const AGES: readonly [label: string, seconds: number][] = [
  ['of any age', 0],
  ['older than an hour', 3_600],
  ['older than a day', 86_400],
  ['older than a week', 604_800],
];

interface Props {
  as: string;
  filter: LetterFilter;
  /** @param silent apps that did not answer, whose letters may not be marked */
  onRedriven: (redriven: number, silent: readonly string[]) => void;
  onClose: () => void;
}

export function RedriveDialog({ as, filter, onRedriven, onClose }: Props) {
  const [seconds, setSeconds] = useState(0);
  const where = [filter.type && `of ${filter.type}`, filter.queue && `in ${filter.queue}`].filter(Boolean);
  return (
    <AskDialog
      title="Apply them again?"
      button="Redrive"
      onClose={onClose}
      onConfirm={async () => {
        const olderThan = seconds === 0 ? '' : new Date(Date.now() - seconds * 1000).toISOString();
        const { redriven, unknown } = await redriveMany(as, { ...filter, olderThan }, LIMIT);
        onRedriven(redriven, unknown);
      }}
    >
      <p class="quiet">
        All dead letters {where.join(' ')}, oldest first, at a limited rate. Each has its effect once, however
        often it is asked for; what fails again comes back here.
      </p>
      <label class="field">
        <span>Dead letters</span>
        <select value={seconds} onChange={(event) => setSeconds(Number(event.currentTarget.value))}>
          {AGES.map(([label, age]) => (
            <option key={age} value={age}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </AskDialog>
  );
}
