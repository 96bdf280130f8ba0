import { isSeen } from '#testkit/page-blocks.js';

describe('isSeen', () => {
  const printed = 'HTTP/1.1 201 Created\r\n\r\n{"id":"0199","type":"love"}\n\nid: 1\nevent: group\n\nid: 2\n';

  it.each([
    ['{ "id": "…", "type": "love" }'],
    ['HTTP/1.1 201 Created\n…\n{"id":…}'],
    ['id: 1\nevent: group\n\nid: 2'],
    ['HTTP/1.1 201\n\nid: 2'],
    [''],
  ])('finds %j', (shown) => expect(isSeen(shown, printed)).toBe(true));

  it.each([
    ['{"type":"wow"}'],
    ['id: 2\n\nid: 1'],
    ['id: 1\nid: 2'],
    ['HTTP/1.1 2.. Created'],
    ['HTTP/1.1 201 Created\n\nid: 3'],
  ])('does not find %j', (shown) => expect(isSeen(shown, printed)).toBe(false));
});
