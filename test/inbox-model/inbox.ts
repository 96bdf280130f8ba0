import { type Act, type Reason, reasons as strongestFirst } from './acts.js';

export type Mark = 'read' | 'unread' | 'archive' | 'unarchive';

interface Member {
  readonly act: Act;
  group: Group;
  active: boolean;
  /** Whether it goes back to its group if it is active again: for an hour. */
  returns: boolean;
  /** When it joined its group: by the inbox's clock, unless a check takes over the database's `activity_seq`. */
  mark: number;
  /** Whether it has just joined its group, and a check may do so. */
  joined: boolean;
  /** When its act was done, as it was told of when it joined. */
  readonly at: number;
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
  readonly type: string;
  readonly subject: string;
  /** The latest three. */
  readonly actorIds: readonly string[];
  readonly actorCount: number;
  readonly reactions: Readonly<Record<string, number>>;
  readonly read: boolean;
  readonly archived: boolean;
  readonly seen: boolean;
}

/** A group that is visible, and what its owner does not see of it. */
interface Shown {
  readonly group: Group;
  readonly view: View;
  readonly activitySeq: number;
  /** All of them, in no order that means anything. */
  readonly actors: readonly string[];
  readonly acts: number;
}

/** An inbox as the design has it: who is in which group, what is visible, read, seen and counted. */
export class Inbox {
  readonly members = new Map<string, Member>();
  private readonly groups: Group[] = [];
  private clock = 0;
  private seenSeq = 0;

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
    const [mark, at] = [++this.clock, Date.parse(act.at)];
    this.members.set(act.id, { act, group, active: true, returns: true, joined: true, mark, at });
  }

  mark(group: Group, mark: Mark): void {
    if (mark === 'read' || mark === 'unread') group.read = mark === 'read';
    else group.archived = mark === 'archive';
    if (mark === 'read' || mark === 'archive') group.collects = false;
  }

  see(upTo: number): void {
    this.seenSeq = Math.max(this.seenSeq, upTo);
  }

  readUpTo(upTo: number): void {
    for (const { group, activitySeq } of this.shown())
      if (activitySeq <= upTo && !group.read && !group.archived) this.mark(group, 'read');
  }

  /** A day goes by: groups are closed, and what is taken back now does not return to them. */
  age(): void {
    for (const group of this.groups) group.collects = false;
    for (const member of this.members.values()) if (!member.active) member.returns = false;
  }

  /** Everything visible, the archived too, newest activity first. */
  shown(): Shown[] {
    const visible = [...this.members.values()]
      .filter((member) => member.active && !this.hides(member.act))
      .sort((a, b) => b.mark - a.mark || b.at - a.at || compare(b.act.id, a.act.id));
    return this.groups
      .flatMap((group) => {
        const members = visible.filter((member) => member.group === group);
        const [newest] = members;
        return newest === undefined ? [] : [this.show(group, newest, members)];
      })
      .sort((a, b) => b.activitySeq - a.activitySeq);
  }

  badge(): { unread: number; unseen: number } {
    const unread = this.shown().filter(({ view }) => !view.read && !view.archived);
    return { unread: unread.length, unseen: unread.filter(({ view }) => !view.seen).length };
  }

  private show(group: Group, newest: Member, members: readonly Member[]): Shown {
    const actors = [...new Set(members.map(({ act }) => act.actor))];
    const view: View = {
      type: group.type,
      subject: newest.act.places[group.type]?.[1] ?? '',
      actorIds: actors.slice(0, 3),
      actorCount: actors.length,
      reactions: tally(members.flatMap(({ act }) => act.reaction ?? [])),
      read: group.read,
      archived: group.archived,
      seen: newest.mark <= this.seenSeq,
    };
    return { group, view, activitySeq: newest.mark, actors: actors.sort(), acts: members.length };
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

export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
