// The page's list and badge, right at every moment and after every break.

/** @typedef {{id: string, seq: number, activitySeq: number, title: string, readAt: ?string, archivedAt: ?string}} Group */
/** @typedef {{unread: number, unseen: number, seq: number}} Counts */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
const ANSWER_WITHIN_MS = 10_000;

/** @type {Map<string, Group>} by id */
const groups = new Map();
/** @type {Counts} */
let counts = { unread: 0, unseen: 0, seq: 0 };
/** The list is complete down to this activitySeq; what is older is on pages that were not loaded. */
let oldest = 0;
/** All up to this sequence is on the page. */
let position = 0;
/** @type {EventSource | undefined} */
let source;
/** How often a stream was asked for. */
let listens = 0;
let waitMs = FIRST_WAIT_MS;

document.addEventListener('visibilitychange', () => void compare());
await load();

/** Begins anew: the list as it is now, then what comes after it. */
async function load() {
  try {
    const list = await ask('GET', '/v1/notifications?limit=50');
    groups.clear();
    for (const group of list.groups) groups.set(group.id, group);
    oldest = list.page.next === null ? 0 : list.groups.at(-1).activitySeq;
    counts = list.counts;
    position = list.counts.seq;
    draw();
    await listen();
  } catch {
    later(load);
  }
}

/** A ticket opens one connection. EventSource would use it again after a break, so each break gets a new one. */
async function listen() {
  const mine = ++listens;
  try {
    source?.close();
    const { ticket } = await ask('POST', '/v1/notifications/stream-tickets');
    const { beckon } = await session();
    // Another has begun meanwhile: its stream is the page's.
    if (mine !== listens) return;
    const query = new URLSearchParams({ ticket, lastEventId: String(position) });
    source = new EventSource(`${beckon}/v1/notifications/stream?${query}`);
  } catch {
    if (mine === listens) later(listen);
    return;
  }
  source.onopen = () => {
    waitMs = FIRST_WAIT_MS;
    show('state', 'live');
  };
  source.onerror = () => later(listen);
  source.addEventListener('group', (event) => put(JSON.parse(event.data).group));
  source.addEventListener('removed', (event) => remove(JSON.parse(event.data)));
  source.addEventListener('counts', (event) => count(JSON.parse(event.data)));
  source.addEventListener('reset', () => void load());
}

/** @param {Group} group A group comes whole, whatever changed: an actor, a mark, its place. */
function put(group) {
  if (group.seq > (groups.get(group.id)?.seq ?? 0)) groups.set(group.id, group);
  advance(group.seq);
}

/** @param {{id: string, seq: number}} removal Everything that it told of was taken back. */
function remove({ id, seq }) {
  groups.delete(id);
  advance(seq);
}

/** @param {Counts} news Counts are never worked out from the list, which may be only its first page. */
function count(news) {
  if (news.seq >= counts.seq) counts = news;
  advance(news.seq);
}

/** @param {number} seq */
function advance(seq) {
  position = Math.max(position, seq);
  draw();
}

/** A connection of before the machine slept may look alive. Whoever comes back to the page sees the truth. */
async function compare() {
  if (document.hidden || source?.readyState !== EventSource.OPEN) return;
  const now = await ask('GET', '/v1/notifications/counts').catch(() => null);
  if (now === null) later(listen);
  else if (now.seq > position) await listen();
}

/** @param {() => Promise<void>} again */
function later(again) {
  source?.close();
  show('state', 'connecting');
  setTimeout(() => void again(), waitMs * (0.5 + Math.random() / 2));
  waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
}

function draw() {
  const shown = [...groups.values()].filter(
    ({ activitySeq, archivedAt }) => activitySeq >= oldest && archivedAt === null,
  );
  shown.sort((a, b) => b.activitySeq - a.activitySeq);
  const items = shown.map((group) => {
    const item = document.createElement('li');
    // Titles hold what people call themselves: text, and never HTML.
    item.textContent = group.title;
    item.style.fontWeight = group.readAt === null ? 'bold' : 'normal';
    item.onclick = () => void ask('POST', `/v1/notifications/${group.id}/read`).catch(() => undefined);
    return item;
  });
  document.querySelector('#groups')?.replaceChildren(...items);
  show('unread', String(counts.unread));
}

/** @param {string} id @param {string} text */
function show(id, text) {
  const place = document.querySelector(`#${id}`);
  if (place !== null) place.textContent = text;
}

/** @param {string} method @param {string} path @returns {Promise<any>} @throws {Error} when it is refused or not answered */
async function ask(method, path) {
  const { beckon, token } = await session();
  const response = await fetch(beckon + path, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Asked every time: tokens end, and this site knows when. @returns {Promise<{beckon: string, token: string}>} */
async function session() {
  const response = await fetch('/session');
  if (!response.ok) throw new Error(`the session answered ${response.status}`);
  return response.json();
}
