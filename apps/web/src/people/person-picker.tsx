import type { UserCard } from '../api/contract.js';
import { PlusIcon } from '../shell/icons.js';
import { Avatar } from './avatar.js';
import { nameOf, shortNameOf } from './names.js';

interface Props {
  /** Tells the radio buttons of the two pickers apart. */
  name: string;
  legend: string;
  people: readonly UserCard[];
  chosen: string;
  onChoose: (id: string) => void;
  onNew?: (() => void) | undefined;
}

/** A row of faces, one of them chosen: radio buttons underneath, so that arrow keys work as ever. */
export function PersonPicker({ name, legend, people, chosen, onChoose, onNew }: Props) {
  return (
    <fieldset class="picker">
      <legend class="visually-hidden">{legend}</legend>
      <div class="picker-row">
        {people.map((card) => (
          <label key={card.id} class="picker-person" title={nameOf(card)}>
            <input
              type="radio"
              class="visually-hidden"
              name={name}
              value={card.id}
              checked={card.id === chosen}
              aria-label={nameOf(card)}
              onChange={() => onChoose(card.id)}
            />
            <span class="picker-face">
              <Avatar card={card} size={44} />
            </span>
            <bdi class="picker-name" aria-hidden="true">
              {shortNameOf(card)}
            </bdi>
          </label>
        ))}
        {onNew && (
          <button type="button" class="picker-person picker-new" onClick={onNew}>
            <span class="picker-face">
              <span class="picker-plus">
                <PlusIcon />
              </span>
            </span>
            <span class="picker-name">New</span>
            <span class="visually-hidden"> person</span>
          </button>
        )}
      </div>
    </fieldset>
  );
}
