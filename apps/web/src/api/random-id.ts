/** 32 random hex digits. `crypto.randomUUID` is missing where the page is opened over plain http by address. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
