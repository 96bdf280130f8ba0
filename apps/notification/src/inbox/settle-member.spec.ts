import { RETURNS_MS } from './group.js';
import { Reason } from './reasons.js';
import {
  commentAct,
  memberAfter,
  nothing,
  NOW,
  reactionAct,
  retract,
  retractSubject,
  states,
  tell,
  tellIfKnown,
  unmention,
} from './settle-member.fixture.js';
import { settleMember } from './settle-member.js';

const both = Reason.mention | Reason.comment;

describe('telling', () => {
  it('places an act by its strongest reason and keeps the weaker ones', () => {
    const settled = settleMember(tell(commentAct(1), both | Reason.thread), undefined, nothing, NOW);
    expect(settled).toMatchObject({ reasons: both | Reason.thread, active: true, stays: false });
    expect(settled?.placement?.key).toBe('mention:c1');
  });

  it('changes nothing when it is told again', () => {
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(tell(commentAct(1), Reason.comment), member, nothing, NOW)).toBeUndefined();
  });

  it('changes who has it, and nobody else, when it is a late change', () => {
    const late = tellIfKnown(reactionAct(2, 'love'), Reason.reaction);
    expect(settleMember(late, undefined, nothing, NOW)).toBeUndefined();
    const member = memberAfter([tell(reactionAct(1, 'like'), Reason.reaction)]);
    expect(settleMember(late, member, nothing, NOW)).toMatchObject({
      reaction: 'love',
      version: 2,
      active: true,
    });
  });

  it('moves a member to the place of a stronger reason that comes later', () => {
    const member = memberAfter([tell(commentAct(1), Reason.thread)]);
    const settled = settleMember(tell(commentAct(1), Reason.mention), member, nothing, NOW);
    expect(settled?.placement?.key).toBe('mention:c1');
    expect(settled?.reasons).toBe(Reason.thread | Reason.mention);
  });

  it.each([
    ['the act is removed', states(['comment:c1', 2, 2])],
    ['its post is removed', states(['post:p1', 2, 2])],
  ])('tells nobody when %s', (_, acts) => {
    expect(settleMember(tell(commentAct(1), both), undefined, acts, NOW)).toBeUndefined();
  });

  it('tells of a reaction that is newer than its removal', () => {
    const removed = states(['reaction:r1', 2, 2]);
    const change = (version: number) => tell(reactionAct(version, 'like'), Reason.reaction);
    expect(settleMember(change(1), undefined, removed, NOW)).toBeUndefined();
    expect(settleMember(change(3), undefined, removed, NOW)).toMatchObject({ active: true, version: 3 });
  });

  it('tells nobody of a reaction to a comment that is removed', () => {
    const acts = states(['comment:c1', 2, 2]);
    expect(settleMember(tell(reactionAct(1, 'like'), Reason.reaction), undefined, acts, NOW)).toBeUndefined();
  });

  it('tells of a reply for the next reason when its parent is removed, else not at all', () => {
    const acts = states(['comment:c0', 2, 2]);
    const reply = commentAct(1, 'c0');
    const settled = settleMember(tell(reply, Reason.reply | Reason.comment), undefined, acts, NOW);
    expect(settled).toMatchObject({ reasons: Reason.comment, placement: { key: 'comment:p1' } });
    expect(settleMember(tell(reply, Reason.reply), undefined, acts, NOW)).toBeUndefined();
  });

  it('leaves who is mentioned to the newest version of a text', () => {
    const edited = states(['comment:c1', 2, 0]);
    expect(settleMember(tell(commentAct(1), both), undefined, edited, NOW)?.reasons).toBe(Reason.comment);
    expect(settleMember(tell(commentAct(1), Reason.mention), undefined, edited, NOW)).toBeUndefined();
    expect(settleMember(tell(commentAct(2), Reason.mention), undefined, edited, NOW)?.reasons).toBe(
      Reason.mention,
    );
  });

  it.each([
    [0, true],
    [RETURNS_MS - 1, true],
    [RETURNS_MS, false],
  ])('lets what was taken back %i ms ago go on where it was: %s', (ms, stays) => {
    const member = memberAfter([tell(commentAct(1), Reason.comment), retract('comment:c1', 2)]);
    const later = new Date(NOW.getTime() + ms);
    expect(settleMember(tell(commentAct(3), Reason.comment), member, nothing, later)?.stays).toBe(stays);
  });
});

describe('taking back', () => {
  it('retires a member where it is', () => {
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(retract('comment:c1', 2), member, nothing, NOW)).toMatchObject({
      active: false,
      reasons: 0,
      version: 2,
      placement: null,
    });
  });

  it('does nothing to a newer version, to what is retired, or to nobody', () => {
    const newer = memberAfter([tell(commentAct(3), both)]);
    expect(settleMember(retract('comment:c1', 2), newer, nothing, NOW)).toBeUndefined();
    const retired = memberAfter([tell(commentAct(1), both), retract('comment:c1', 2)]);
    expect(settleMember(retract('comment:c1', 4), retired, nothing, NOW)).toBeUndefined();
    expect(settleMember(retract('comment:c1', 2), undefined, nothing, NOW)).toBeUndefined();
  });

  it('takes everything under a removed post, whatever its version', () => {
    const member = memberAfter([tell(commentAct(7), both)]);
    expect(settleMember(retract('comment:c1', null), member, nothing, NOW)).toMatchObject({
      active: false,
      version: 7,
    });
  });

  it('takes a mention back and falls to the weaker reason, or retires', () => {
    const edited = states(['comment:c1', 2, 0]);
    const member = memberAfter([tell(commentAct(1), both)]);
    expect(settleMember(unmention(commentAct(2)), member, edited, NOW)).toMatchObject({
      active: true,
      reasons: Reason.comment,
      placement: { key: 'comment:p1' },
    });
    const only = memberAfter([tell(commentAct(1), Reason.mention)]);
    expect(settleMember(unmention(commentAct(2)), only, edited, NOW)).toMatchObject({ active: false });
  });

  it('takes no mention back for an edit that is not the newest', () => {
    const member = memberAfter([tell(commentAct(3), both)]);
    expect(settleMember(unmention(commentAct(2)), member, states(['comment:c1', 3, 0]), NOW)).toBeUndefined();
  });

  it('falls from reply to comment when the parent is removed, and retires a reaction to it', () => {
    const reply = memberAfter([tell(commentAct(1, 'c0'), Reason.reply | Reason.comment)]);
    const change = retractSubject('comment:c1', 'comment:c0');
    expect(settleMember(change, reply, nothing, NOW)).toMatchObject({
      active: true,
      reasons: Reason.comment,
      placement: { key: 'comment:p1', subjectAct: null },
    });
    const alone = memberAfter([tell(commentAct(1, 'c0'), Reason.reply)]);
    expect(settleMember(change, alone, nothing, NOW)).toMatchObject({ active: false, reasons: 0 });
  });

  it.each([
    ['post', states(['post:p1', 1, 1])],
    ['comment itself', states(['comment:c1', 2, 2])],
  ])('retires a reply where it is when the %s goes together with the parent', (_, acts) => {
    const reply = memberAfter([tell(commentAct(1, 'c0'), Reason.reply | Reason.comment)]);
    const change = retractSubject('comment:c1', 'comment:c0');
    expect(settleMember(change, reply, acts, NOW)).toMatchObject({ active: false, placement: null });
  });

  it('leaves a mention where it is that an edit took back together with the post', () => {
    const mentioned = memberAfter([tell(commentAct(1), Reason.mention | Reason.comment)]);
    const edit = unmention(commentAct(2));
    expect(settleMember(edit, mentioned, nothing, NOW)).toMatchObject({ placement: { key: 'comment:p1' } });
    expect(settleMember(edit, mentioned, states(['post:p1', 1, 1]), NOW)).toBeUndefined();
  });

  it('leaves who is mentioned told when the parent goes', () => {
    const mentioned = memberAfter([tell(commentAct(1, 'c0'), Reason.reply | Reason.mention)]);
    const change = retractSubject('comment:c1', 'comment:c0');
    expect(settleMember(change, mentioned, nothing, NOW)).toBeUndefined();
  });
});
