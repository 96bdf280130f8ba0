import { type Act, type Reason, reasons as strongestFirst } from './acts.js';

export type Mark = 'read' | 'unread' | 'archive' | 'unarchive';

interface Member {
  readonly act: Act;
  group: Group;
  active: boolean;
  /** Whether it goes back to its group if it is active again: for an hour. */
  returns: boolean;
  /** Whether it has just joined its group; then the database says when that was. */
  joined: boolean;
  /** Its `activity_seq`. */
  mark: number;
}

export interface Group {
  readonly key: string;
  readonly type: Reason;
  collects: boolean;
  read: boolean;
  archived: boolean;
  /** The database's name for it. */
  id: string | undefined;
}

/** A group as its owner sees it. */
export interface View {
  readonly id: string | undefined;
  readonly type: string;
  readonly key: string;
  readonly subject: string;
  readonly actors: string[];
  readonly actorCount: number;
  readonly acts: number;
  readonly reactions: Record<string, number>;
  readonly activitySeq: number;
  readonly read: boolean;
  readonly archived: boolean;
}

/**
 * An inbox as the design has it. When something joined a group, and the names of groups, are the database's to say;
 * who is in which group, what is visible, read and counted is said here.
 */
export class Inbox {
  readonly members = new Map<string, Member>();
  seenSeq = 0;
  private readonly groups: Group[] = [];

  /** @param hides whether the owner wants, as things are now, not to hear of an act. */
  constructor(private readonly hides: (act: Act) => boolean) {}

  /** An act concerns the owner for these reasons now. */
  settle(act: Act, reasons: readonly Reason[]): void {
    const type = strongestFirst.find((reason) => reasons.includes(reason));
    const place = type === undefined ? undefined : act.places[type];
    const member = this.members.get(act.id);
    if (type === undefined || place === undefined) {
      if (member !== undefined) member.active = false;
      return;
    }
    const [key] = place;
    const stays = member !== undefined && (member.active || member.returns) && member.group.key === key;
    if (stays) {
      member.active = true;
      member.returns = true;
      return;
    }
    const group = this.collecting(key, type);
    this.members.set(act.id, { act, group, active: true, returns: true, joined: true, mark: 0 });
  }

  mark(group: Group, mark: Mark): void {
    if (mark === 'read' || mark === 'unread') group.read = mark === 'read';
    else group.archived = mark === 'archive';
    if (mark === 'read' || mark === 'archive') group.collects = false;
  }

  readUpTo(upTo: number): void {
    for (const { group, view } of this.shown())
      if (view.activitySeq <= upTo && !group.read && !group.archived) this.mark(group, 'read');
  }

  /** A day goes by: groups are closed, and what is taken back now does not return to them. */
  age(): void {
    for (const group of this.groups) group.collects = false;
    for (const member of this.members.values()) if (!member.active) member.returns = false;
  }

  /** Everything visible, the archived too, newest activity first. */
  shown(): { group: Group; view: View }[] {
    const visible = [...this.members.values()]
      .filter((member) => member.active && !this.hides(member.act))
      .sort((a, b) => b.mark - a.mark || compare(b.act.id, a.act.id));
    return this.groups
      .flatMap((group) => {
        const members = visible.filter((member) => member.group === group);
        return members.length === 0 ? [] : [{ group, view: viewOf(group, members) }];
      })
      .sort((a, b) => b.view.activitySeq - a.view.activitySeq);
  }

  badge(): { unread: number; unseen: number } {
    const unread = this.shown().filter(({ view }) => !view.read && !view.archived);
    return {
      unread: unread.length,
      unseen: unread.filter(({ view }) => view.activitySeq > this.seenSeq).length,
    };
  }

  private collecting(key: string, type: Reason): Group {
    let group = this.groups.find((candidate) => candidate.collects && candidate.key === key);
    if (group === undefined) {
      group = { key, type, collects: true, read: false, archived: false, id: undefined };
      this.groups.push(group);
    }
    return group;
  }
}

function viewOf(group: Group, members: readonly Member[]): View {
  const [newest] = members;
  const actors = [...new Set(members.map(({ act }) => act.actor))];
  return {
    id: group.id,
    type: group.type,
    key: group.key,
    subject: newest?.act.places[group.type]?.[1] ?? '',
    // Those that came in one transaction came at once: which of them counts as the latest is not said here.
    actors: actors.sort(),
    actorCount: actors.length,
    acts: members.length,
    reactions: tally(members.flatMap(({ act }) => act.reaction ?? [])),
    activitySeq: newest?.mark ?? 0,
    read: group.read,
    archived: group.archived,
  };
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
