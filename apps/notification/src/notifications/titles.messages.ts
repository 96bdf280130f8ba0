import type { GroupType } from '../inbox/act.js';

export const titleLocales = ['en', 'de', 'es', 'fr', 'pt'] as const;
export type TitleLocale = (typeof titleLocales)[number];

interface Messages {
  /** For an actor whose name can't be had. */
  readonly someone: string;
  /** {actorCount} people: {first}, {second} and {others} more. */
  readonly who: string;
  /** {actors} did something; {subject} is `post` or `comment`, {actCount} how many acts. ICU MessageFormat. */
  readonly what: Record<GroupType, string>;
}

export const messages: Record<TitleLocale, Messages> = {
  en: {
    someone: 'Someone',
    who: '{actorCount, plural, =1 {{first}} =2 {{first} and {second}} other {{first}, {second} and {others, plural, one {# other} other {# others}}}}',
    what: {
      reaction: '{actors} reacted to your {subject, select, comment {comment} other {post}}',
      mention: '{actors} mentioned you in a {subject, select, comment {comment} other {post}}',
      reply: '{actors} replied to your comment',
      comment: '{actors} commented on your post',
      thread: '{actors} commented on a post you follow',
      post: '{actors} published {actCount, plural, one {a post} other {# posts}}',
      follow: '{actors} followed you',
    },
  },
  de: {
    someone: 'Jemand',
    who: '{actorCount, plural, =1 {{first}} =2 {{first} und {second}} other {{first}, {second} und {others, plural, one {# weitere Person} other {# weitere Personen}}}}',
    what: {
      reaction:
        '{actors} {actorCount, plural, one {hat} other {haben}} auf deinen {subject, select, comment {Kommentar} other {Beitrag}} reagiert',
      mention: '{actors} hat dich in einem {subject, select, comment {Kommentar} other {Beitrag}} erwähnt',
      reply: '{actors} {actorCount, plural, one {hat} other {haben}} auf deinen Kommentar geantwortet',
      comment: '{actors} {actorCount, plural, one {hat} other {haben}} deinen Beitrag kommentiert',
      thread:
        '{actors} {actorCount, plural, one {hat} other {haben}} einen Beitrag kommentiert, dem du folgst',
      post: '{actors} hat {actCount, plural, one {einen Beitrag} other {# Beiträge}} veröffentlicht',
      follow: '{actors} {actorCount, plural, one {folgt} other {folgen}} dir jetzt',
    },
  },
  es: {
    someone: 'Alguien',
    who: '{actorCount, plural, =1 {{first}} =2 {{first} y {second}} other {{first}, {second} y {others, plural, one {# persona más} other {# personas más}}}}',
    what: {
      reaction:
        '{actors} {actorCount, plural, one {reaccionó} other {reaccionaron}} a tu {subject, select, comment {comentario} other {publicación}}',
      mention: '{actors} te mencionó en {subject, select, comment {un comentario} other {una publicación}}',
      reply: '{actors} {actorCount, plural, one {respondió} other {respondieron}} a tu comentario',
      comment: '{actors} {actorCount, plural, one {comentó} other {comentaron}} tu publicación',
      thread: '{actors} {actorCount, plural, one {comentó} other {comentaron}} una publicación que sigues',
      post: '{actors} publicó {actCount, plural, one {una publicación} other {# publicaciones}}',
      follow: '{actors} {actorCount, plural, one {empezó} other {empezaron}} a seguirte',
    },
  },
  fr: {
    someone: 'Quelqu’un',
    who: '{actorCount, plural, =1 {{first}} =2 {{first} et {second}} other {{first}, {second} et {others, plural, one {# autre personne} other {# autres personnes}}}}',
    what: {
      reaction:
        '{actors} {actorCount, plural, =1 {a} other {ont}} réagi à votre {subject, select, comment {commentaire} other {publication}}',
      mention:
        '{actors} vous a mentionné dans {subject, select, comment {un commentaire} other {une publication}}',
      reply: '{actors} {actorCount, plural, =1 {a} other {ont}} répondu à votre commentaire',
      comment: '{actors} {actorCount, plural, =1 {a} other {ont}} commenté votre publication',
      thread: '{actors} {actorCount, plural, =1 {a} other {ont}} commenté une publication que vous suivez',
      post: '{actors} a publié {actCount, plural, one {une publication} other {# publications}}',
      follow: '{actors} {actorCount, plural, =1 {s’est abonné} other {se sont abonnés}} à vous',
    },
  },
  pt: {
    someone: 'Alguém',
    who: '{actorCount, plural, =1 {{first}} =2 {{first} e {second}} other {{first}, {second} e mais {others, plural, one {# pessoa} other {# pessoas}}}}',
    what: {
      reaction:
        '{actors} {actorCount, plural, =1 {reagiu} other {reagiram}} ao seu {subject, select, comment {comentário} other {post}}',
      mention: '{actors} mencionou você em um {subject, select, comment {comentário} other {post}}',
      reply: '{actors} {actorCount, plural, =1 {respondeu} other {responderam}} ao seu comentário',
      comment: '{actors} {actorCount, plural, =1 {comentou} other {comentaram}} no seu post',
      thread: '{actors} {actorCount, plural, =1 {comentou} other {comentaram}} em um post que você segue',
      post: '{actors} publicou {actCount, plural, one {um post} other {# posts}}',
      follow: '{actors} {actorCount, plural, =1 {começou} other {começaram}} a seguir você',
    },
  },
};
