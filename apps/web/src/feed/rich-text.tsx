/** What people wrote, as text and nothing else; `@handles` are set off. */
export function RichText({ text }: { text: string }) {
  const parts = text.split(/((?<!\w)@[A-Za-z0-9_]{1,30})/);
  return <>{parts.map((part, index) => (index % 2 === 1 ? <b class="mention">{part}</b> : part))}</>;
}
