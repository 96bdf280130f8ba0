import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

import type { Transaction } from '#database/database.js';

import { type ActState, ONE_ACT_EACH } from './act.js';
import { type Group, type InboxState, numberCounts } from './group.js';
import { InboxRepository, type WantedMember } from './inbox.repository.js';
import { isVisible, type Member } from './member.js';
import { countActors, type DecidedChange, recount, regroup, type Transition } from './regroup.js';
import { type Change, settleMember } from './settle-member.js';

/** An inbox changed: its stream should look for what is after the sequence it has sent. */
export interface Hint {
  readonly recipientId: string;
  readonly seq: number;
}

/** The one way in which members come, go and change, and groups and badges with them. */
@Injectable()
export class InboxWriter {
  constructor(private readonly inbox: InboxRepository) {}

  /**
   * Applies changes to any number of inboxes within a transaction that holds the acts they speak of.
   * Locks the inboxes, then changes them; groups, counts and sequences follow in the same transaction.
   */
  async apply(
    tx: Transaction,
    changes: readonly Change[],
    acts: ReadonlyMap<string, ActState>,
  ): Promise<Hint[]> {
    if (changes.length === 0) return [];
    const recipientIds = [...new Set(changes.map(({ recipientId }) => recipientId))].sort();
    const { states, now } = await this.inbox.lock(tx, recipientIds);
    const before = new Map([...states].map(([id, state]) => [id, { ...state }]));
    for (const round of roundsOf(changes)) await this.applyRound(tx, round, acts, states, now);
    const moved = [...states.values()].filter((state) => isMoved(before.get(state.recipient_id), state));
    for (const state of moved) numberCounts(state);
    if (moved.length > 0) await this.inbox.saveStates(tx, moved);
    return moved.map((state) => ({ recipientId: state.recipient_id, seq: state.seq }));
  }

  private async applyRound(
    tx: Transaction,
    changes: readonly Change[],
    acts: ReadonlyMap<string, ActState>,
    states: ReadonlyMap<string, InboxState>,
    now: Date,
  ): Promise<void> {
    const decided = decide(changes, await this.inbox.loadMembers(tx, changes.map(wantedBy)), acts, now);
    if (decided.length === 0) return;
    const groups = await this.inbox.loadGroups(tx, idsOf(decided), keysOf(decided));
    const regrouping = regroup(
      decided,
      states,
      new Map(groups.map((group) => [group.id, group])),
      new Map(
        groups
          .filter((group) => group.closed_at === null)
          .map((group) => [`${group.recipient_id} ${group.key}`, group]),
      ),
      now,
      uuidv7,
    );
    const { transitions } = regrouping;
    await this.inbox.saveMembers(
      tx,
      transitions.map(({ after }) => after),
    );
    const touched = [...regrouping.groups.values()];
    const others = await this.findOthers(tx, transitions, regrouping.groups);
    const actorCounts = countActors(regrouping, others);
    const tops = await this.inbox.readTops(tx, touched, actorCounts);
    await this.inbox.saveGroups(tx, recount(regrouping, states, tops, actorCounts));
  }

  /** Asks only for who may come or go by a change: where it leaves a member as visible as it was, others change nothing. */
  private async findOthers(
    tx: Transaction,
    transitions: readonly Transition[],
    groups: ReadonlyMap<string, Group>,
  ): Promise<Set<string>> {
    const members = transitions
      .flatMap(({ before, after }) => {
        if (before?.group_id === after.group_id) return isVisible(before) === isVisible(after) ? [] : [after];
        return [before, after].filter((member): member is Member => isVisible(member));
      })
      .filter((member) => !ONE_ACT_EACH.has(groups.get(member.group_id)?.type ?? ''));
    if (members.length === 0) return new Set();
    return this.inbox.findOthers(tx, members, transitions);
  }
}

/** A member may change more than once in one go; each round has it once. */
function roundsOf(changes: readonly Change[]): Change[][] {
  const rounds: Change[][] = [];
  const seen = new Map<string, number>();
  for (const change of changes) {
    const id = `${change.recipientId} ${actIdOf(change)}`;
    const round = seen.get(id) ?? 0;
    seen.set(id, round + 1);
    (rounds[round] ??= []).push(change);
  }
  return rounds;
}

function decide(
  changes: readonly Change[],
  loaded: readonly { member: Member | undefined; hidden: number }[],
  acts: ReadonlyMap<string, ActState>,
  now: Date,
): DecidedChange[] {
  return changes.flatMap((change, index) => {
    const { member: before, hidden = 0 } = loaded[index] ?? {};
    const settled = settleMember(change, before, acts, now);
    if (settled === undefined || (change.kind === 'rehide' && before?.hidden === hidden)) return [];
    return [{ change, before, settled, hidden }];
  });
}

function wantedBy(change: Change): WantedMember {
  const act = 'act' in change ? change.act : undefined;
  return {
    recipientId: change.recipientId,
    actId: actIdOf(change),
    actorId: act?.actorId ?? null,
    postId: act?.postId ?? null,
  };
}

function actIdOf(change: Change): string {
  return 'act' in change ? change.act.id : change.actId;
}

function idsOf(decided: readonly DecidedChange[]) {
  return decided.flatMap(({ before }) =>
    before === undefined ? [] : [{ recipientId: before.recipient_id, id: before.group_id }],
  );
}

function keysOf(decided: readonly DecidedChange[]) {
  return decided.flatMap(({ change, settled: { placement } }) =>
    placement === null ? [] : [{ recipientId: change.recipientId, key: placement.key }],
  );
}

function isMoved(before: InboxState | undefined, after: InboxState): boolean {
  return before?.seq !== after.seq || before.unread !== after.unread || before.unseen !== after.unseen;
}
