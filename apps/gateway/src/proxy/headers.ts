type Headers = Record<string, string | string[] | undefined>;

/** Fields that speak of one connection and not of the message (RFC 9110, 7.6.1); `expect` is answered by this server. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A message's headers without those that belong to the connection it came by, named by the standard or by itself. */
export function endToEnd<H extends Headers>(headers: H): H {
  const named = String(headers['connection'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.includes(name)),
  ) as H;
}
