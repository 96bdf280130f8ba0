/**
 * An inbox as the design has it, as simply as it can be said. Time stands still in it: no group is 24 hours old, and
 * nothing was taken back an hour ago.
 */
export type Reason = 'mention' | 'reply' | 'comment' | 'thread' | 'post' | 'follow' | 'reaction';

const strongestFirst: Reason[] = ['mention', 'reply', 'comment', 'thread', 'post', 'follow', 'reaction'];

/** Something that was done. */
export interface Act {
  readonly id: string;
  readonly actor: string;
  readonly post: string | undefined;
  /** Which group it belongs to (key, and the group's subject), for each reason there can be. */
  readonly places: Partial<Record<Reason, readonly [key: string, subject: string]>>;
  reaction?: string;
}

interface Member {
  readonly act: Act;
  readonly reasons: Set<Reason>;
  active: boolean;
  group: Group;
  /** When it joined its group, by the inbox's clock. */
  mark: number;
}

export interface Group {
  readonly key: string;
  readonly type: Reason;
  collects: boolean;
  read: boolean;
  archived: boolean;
}

/** A group as its owner sees it. */
export interface View {
  readonly type: string;
  readonly subject: string;
  readonly actorIds: string[];
  readonly actorCount: number;
  readonly reactions: Record<string, number>;
  readonly read: boolean;
  readonly archived: boolean;
  readonly seen: boolean;
}

export type Mark = 'read' | 'unread' | 'archive' | 'unarchive';

export class ModelInbox {
  private clock = 0;
  private seenUpTo = 0;
  private readonly members = new Map<string, Member>();
  private readonly groups: Group[] = [];

  /** @param hides whether the owner wants, as things are now, not to hear of an act. */
  constructor(private readonly hides: (act: Act) => boolean) {}

  tell(act: Act, reasons: readonly Reason[]): void {
    let member = this.members.get(act.id);
    if (member === undefined) {
      const nowhere: Group = { key: '', type: 'post', collects: false, read: false, archived: false };
      member = { act, reasons: new Set(), active: true, group: nowhere, mark: 0 };
      this.members.set(act.id, member);
    }
    if (act.reaction !== undefined) member.act.reaction = act.reaction;
    for (const reason of reasons) member.reasons.add(reason);
    member.active = true;
    this.place(member);
  }

  /** The act no longer concerns its owner for a reason; it goes on for the next weaker one, if there is one. */
  drop(actId: string, reason: Reason): void {
    const member = this.members.get(actId);
    if (member?.active !== true) return;
    member.reasons.delete(reason);
    if (member.reasons.size === 0) member.active = false;
    else this.place(member);
  }

  retire(fits: (act: Act) => boolean): void {
    for (const member of this.members.values()) {
      if (!fits(member.act)) continue;
      member.active = false;
      member.reasons.clear();
    }
  }

  /** The acts that are told of, in the order in which they came. */
  acts(): Act[] {
    return [...this.members.values()].map(({ act }) => act);
  }

  mark(group: Group, mark: Mark): void {
    if (mark === 'read' || mark === 'unread') group.read = mark === 'read';
    else group.archived = mark === 'archive';
    if (mark === 'read' || mark === 'archive') group.collects = false;
  }

  see(upTo: number): void {
    this.seenUpTo = Math.max(this.seenUpTo, upTo);
  }

  readUpTo(upTo: number): void {
    for (const { group, activity } of this.shown())
      if (activity <= upTo && !group.read && !group.archived) this.mark(group, 'read');
  }

  /** Everything visible, the archived too, newest activity first. */
  shown(): { group: Group; view: View; activity: number }[] {
    const visible = [...this.members.values()]
      .filter((member) => member.active && !this.hides(member.act))
      .sort((a, b) => b.mark - a.mark);
    return this.groups
      .flatMap((group) => {
        const members = visible.filter((member) => member.group === group);
        const [newest] = members;
        if (newest === undefined) return [];
        const actors = [...new Set(members.map(({ act }) => act.actor))];
        const view: View = {
          type: group.type,
          subject: newest.act.places[group.type]?.[1] ?? '',
          actorIds: actors.slice(0, 3),
          actorCount: actors.length,
          reactions: tally(members.flatMap(({ act }) => act.reaction ?? [])),
          read: group.read,
          archived: group.archived,
          seen: newest.mark <= this.seenUpTo,
        };
        return [{ group, view, activity: newest.mark }];
      })
      .sort((a, b) => b.activity - a.activity);
  }

  badge(): { unread: number; unseen: number } {
    const unread = this.shown().filter(({ view }) => !view.read && !view.archived);
    return { unread: unread.length, unseen: unread.filter(({ view }) => !view.seen).length };
  }

  /** Into the group of its strongest reason. One that comes back to the group it was in returns to its place there. */
  private place(member: Member): void {
    const type = strongestFirst.find((reason) => member.reasons.has(reason));
    const [key] = (type === undefined ? undefined : member.act.places[type]) ?? [];
    if (type === undefined || key === undefined) throw new Error(`no place for ${member.act.id}`);
    if (key === member.group.key) return;
    let group = this.groups.find((candidate) => candidate.collects && candidate.key === key);
    if (group === undefined) {
      group = { key, type, collects: true, read: false, archived: false };
      this.groups.push(group);
    }
    member.group = group;
    member.mark = ++this.clock;
  }
}

export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
