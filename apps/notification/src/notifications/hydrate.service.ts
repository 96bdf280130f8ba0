import { Injectable } from '@nestjs/common';

import type { Comment, Post, Profile } from '#contracts/generated/beckon/v1/beckon.js';
import { Lookups } from '#lookup/lookups.js';

import type { Group } from '../inbox/group.js';
import type { NamedUser, NotificationAnswer, NotificationGroup } from './notifications.schemas.js';
import { supportedLocale, titleOf } from './titles.js';
import type { TitleLocale } from './titles.messages.js';

/** A group of a reader, with how far that reader has seen. */
export interface ReadGroup {
  readonly group: Group;
  readonly seenSeq: number;
}

interface Known {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly posts: ReadonlyMap<string, Post>;
  readonly comments: ReadonlyMap<string, Comment>;
}

/** Names and excerpts are not stored in inboxes; this adds them when a group is read, or null where they can't be had. */
@Injectable()
export class HydrateService {
  constructor(private readonly lookups: Lookups) {}

  /**
   * Brings groups (of any number of readers) into the shape of the API. Never throws: services that are away leave nulls.
   * @param fallback for readers without a locale in their profile.
   */
  async hydrate(
    groups: readonly ReadGroup[],
    fallback: TitleLocale,
  ): Promise<{ group: NotificationGroup; users: NotificationAnswer['users'] }[]> {
    const known = await this.lookUp(groups.map(({ group }) => group));
    return groups.map(({ group, seenSeq }) => {
      const users = Object.fromEntries(
        namedIn(group).map((id) => [id, toNamedUser(id, known.profiles.get(id))]),
      );
      return { group: toAnswer(group, seenSeq, known, fallback), users };
    });
  }

  /** People by id, with null for what is not known. Never throws. */
  async users(ids: readonly string[]): Promise<Record<string, NamedUser>> {
    const profiles = await this.lookups.profiles(ids);
    return Object.fromEntries(ids.map((id) => [id, toNamedUser(id, profiles.get(id))]));
  }

  private async lookUp(groups: readonly Group[]): Promise<Known> {
    const subjects = (kind: Group['subject_kind']) =>
      groups.filter((group) => group.subject_kind === kind).map((group) => group.subject_id);
    const [profiles, posts, comments] = await Promise.all([
      this.lookups.profiles(groups.flatMap((group) => [...namedIn(group), group.recipient_id])),
      this.lookups.posts(subjects('post')),
      this.lookups.comments(subjects('comment')),
    ]);
    return { profiles, posts, comments };
  }
}

function namedIn(group: Group): string[] {
  return [
    ...new Set(group.subject_kind === 'user' ? [...group.actor_ids, group.subject_id] : group.actor_ids),
  ];
}

function toNamedUser(id: string, profile: Profile | undefined): NamedUser {
  return {
    id,
    handle: profile?.handle ?? null,
    displayName: profile?.displayName ?? null,
    avatarUrl: profile?.avatarUrl ?? null,
  };
}

function toAnswer(group: Group, seenSeq: number, known: Known, fallback: TitleLocale): NotificationGroup {
  const locale = supportedLocale(known.profiles.get(group.recipient_id)?.locale) ?? fallback;
  return {
    id: group.id,
    seq: group.seq,
    activitySeq: group.activity_seq,
    type: group.type,
    subject: { kind: group.subject_kind, id: group.subject_id, excerpt: excerptOf(group, known) },
    actorCount: group.actor_count,
    actorIds: [...group.actor_ids],
    reactions: mostFirst(group.reactions),
    title: titleOf(
      {
        type: group.type,
        subjectKind: group.subject_kind,
        actorCount: group.actor_count,
        actCount: group.act_count,
        names: group.actor_ids.map((id) => known.profiles.get(id)?.displayName ?? null),
      },
      locale,
    ),
    url: null,
    firstAt: new Date(group.first_at).toISOString(),
    latestAt: new Date(group.latest_at).toISOString(),
    seen: group.activity_seq <= seenSeq,
    readAt: group.read_at?.toISOString() ?? null,
    archivedAt: group.archived_at?.toISOString() ?? null,
  };
}

function excerptOf(group: Group, known: Known): string | null {
  if (group.subject_kind === 'post') return known.posts.get(group.subject_id)?.excerpt ?? null;
  if (group.subject_kind === 'comment') return known.comments.get(group.subject_id)?.excerpt ?? null;
  return null;
}

/** By number, then by name. */
function mostFirst(reactions: Group['reactions']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(reactions).sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)),
  );
}
