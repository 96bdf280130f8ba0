import { useId, useRef, useState } from 'preact/hooks';
import type { UserCard } from '../api/contract.js';
import { Avatar } from '../people/avatar.js';
import { nameOf } from '../people/names.js';
import { useSession } from '../session.js';
import { useFocusOnceShown } from '../shell/use-focus.js';

interface Props {
  label: string;
  placeholder: string;
  value: string;
  rows: number;
  autoFocus?: boolean;
  onInput: (value: string) => void;
  onSubmit: () => void;
}

const SHOWN = 5;

/** A text field that offers names once an @ is typed. Ctrl or Cmd with Enter sends. */
export function MentionField({ label, placeholder, value, rows, autoFocus, onInput, onSubmit }: Props) {
  const { everybody } = useSession();
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  useFocusOnceShown(field, autoFocus ?? false);
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const offers = typed === null ? [] : matching(everybody, typed);
  const open = offers.length > 0;

  const look = () => {
    const element = field.current;
    if (!element) return;
    setTyped(mentionBefore(element.value.slice(0, element.selectionStart)));
    setActive(0);
  };

  const complete = (card: UserCard) => {
    const element = field.current;
    if (!element || typed === null) return;
    const end = element.selectionStart;
    const start = end - typed.length;
    // In the field itself, so that the caret is right before the next key comes.
    element.setRangeText(`${card.handle ?? card.id} `, start, end, 'end');
    onInput(element.value);
    setTyped(null);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSubmit();
      return;
    }
    if (!open) return;
    const chosen = offers[active];
    if (event.key === 'ArrowDown') setActive((active + 1) % offers.length);
    else if (event.key === 'ArrowUp') setActive((active - 1 + offers.length) % offers.length);
    else if (event.key === 'Escape') setTyped(null);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) complete(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <div class="mention-field">
      <textarea
        ref={field}
        dir="auto"
        rows={rows}
        maxLength={4000}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={listId}
        aria-activedescendant={open ? `${listId}-${active}` : undefined}
        onInput={(event) => {
          onInput(event.currentTarget.value);
          look();
        }}
        onClick={look}
        onBlur={() => setTyped(null)}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} class="mention-offers" role="listbox" aria-label="People to mention" hidden={!open}>
        {offers.map((card, index) => (
          <li
            key={card.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the field loses its focus.
            onPointerDown={(event) => {
              event.preventDefault();
              complete(card);
            }}
          >
            <Avatar card={card} size={24} />
            <bdi class="person-name">{nameOf(card)}</bdi>
            <span class="quiet">@{card.handle ?? card.id}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What was typed after an @ right before the caret, or null. */
function mentionBefore(text: string): string | null {
  return /(?:^|[\s(])@([A-Za-z0-9_]{0,30})$/.exec(text)?.[1] ?? null;
}

function matching(people: readonly UserCard[], typed: string): UserCard[] {
  const wanted = typed.toLowerCase();
  const fits = (card: UserCard) =>
    (card.handle ?? card.id).toLowerCase().startsWith(wanted) || nameOf(card).toLowerCase().includes(wanted);
  return people.filter(fits).slice(0, SHOWN);
}
