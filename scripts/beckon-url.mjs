/**
 * Where a Beckon is, as people write it: `localhost:3000` is http.
 * @returns {string | undefined} without a slash at its end; undefined when Beckon can't be there
 */
export function beckonUrl(text) {
  const url = text.includes('://') ? text : `http://${text}`;
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url.replace(/\/+$/, '') : undefined;
}
