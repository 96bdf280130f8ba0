import { endToEnd } from './headers.js';

describe('headers that are passed on', () => {
  it('are those of the message', () => {
    const headers = { accept: 'text/event-stream', 'last-event-id': '7', authorization: 'Bearer x' };
    expect(endToEnd(headers)).toEqual(headers);
  });

  it('are not those of the connection', () => {
    const headers = {
      connection: 'close',
      'keep-alive': 'timeout=5',
      'transfer-encoding': 'chunked',
      te: 'trailers',
    };
    expect(endToEnd({ ...headers, upgrade: 'websocket', expect: '100-continue', 'x-own': '1' })).toEqual({
      'x-own': '1',
    });
  });

  it('are not those that the sender names as its own connection’s', () => {
    const headers = { connection: 'keep-alive, X-Secret', 'x-secret': '1', 'x-other': '2' };
    expect(endToEnd(headers)).toEqual({ 'x-other': '2' });
  });
});
