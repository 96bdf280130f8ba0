import type { Attack } from '../attack.js';
import { pour } from '../pour.js';

const KB = 1_024;
const MB = KB * KB;

/** Header sets from 17 KB to megabytes, as one line that never ends and as thousands of lines. */
export const hugeHeaders: Attack = {
  name: 'huge-headers',
  title: 'header sets beyond 16 KB, in one line and in thousands',
  async run({ target, findings, random, scaled }) {
    const begin = `GET /v1/notifications HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await target.beckon.tokenOf('mallory')}\r\n`;
    const lines = (piece: Buffer) =>
      Buffer.from(`X-${random.next().toString(36).slice(2)}: ${piece.toString('latin1').slice(0, 40)}\r\n`);
    const largest = scaled(256, 8) * MB;
    for (const bytes of [17 * KB, 64 * KB, MB, largest]) {
      for (const [form, head, wrap] of [
        ['one line', `${begin}X-Long: `, undefined],
        ['one name', `${begin}X-`, undefined],
        ['one cookie', `${begin}Cookie: a=`, undefined],
        [
          'many lines',
          begin,
          (piece: Buffer) => Buffer.concat(Array.from({ length: 1_000 }, () => lines(piece))),
        ],
        ['one path', `GET /v1/posts/`, undefined],
      ] as const) {
        const { status, sentBytes } = await pour(target.beckon.url, head, bytes, wrap);
        findings.attempts++;
        const said = `${bytes} bytes in ${form}: ${status} after ${sentBytes} bytes`;
        findings.expect([431, 0].includes(status), () => said);
        findings.expect(sentBytes <= 16 * MB, () => `${said}: was read on`);
      }
    }
    findings.note(`up to ${largest / MB} MB of headers`);
  },
};
