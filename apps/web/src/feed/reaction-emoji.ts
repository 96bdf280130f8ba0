const EMOJI: Readonly<Record<string, string>> = {
  like: '👍',
  love: '❤️',
  haha: '😄',
  wow: '😮',
  sad: '😢',
  angry: '😠',
};

/** A server may have reaction types of its own; those get a neutral sign. */
export const emojiOf = (type: string): string => EMOJI[type] ?? '✨';
