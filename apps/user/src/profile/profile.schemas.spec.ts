import { BatchUsersRequest, ProfileRequest } from './profile.schemas.js';

const ana = { handle: 'ana', displayName: 'Ana' };

function issuesOf(change: object): string[] {
  const parsed = ProfileRequest.safeParse({ ...ana, ...change });
  return parsed.success ? [] : [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
}

describe('a profile', () => {
  it('keeps a name of another script, trimmed', () => {
    expect(ProfileRequest.parse({ ...ana, displayName: '  佐藤 ゆき ' }).displayName).toBe('佐藤 ゆき');
  });

  it('counts the characters of a name and not its UTF-16 halves', () => {
    expect(issuesOf({ displayName: '🦑'.repeat(100) })).toEqual([]);
    expect(issuesOf({ displayName: '🦑'.repeat(101) })).toEqual(['displayName']);
  });

  it.each([
    ['displayName', '   '],
    ['displayName', 'a\u0007b'],
    ['displayName', 'a\nb'],
    ['handle', 'a-b'],
    ['handle', 'ána'],
    ['avatarUrl', 'javascript:alert(1)'],
    ['avatarUrl', 'ftp://example.com/a.png'],
    ['avatarUrl', 'https://'],
    ['avatarUrl', 'https://example.com/a\nb'],
    ['avatarUrl', `https://example.com/${'a'.repeat(500)}`],
    ['locale', 'english please'],
    ['locale', 'e'],
    ['timeZone', 'Mars/Olympus'],
    ['timeZone', '+01:00'],
    ['email', 'ana'],
  ])('refuses %s %j', (field, value) => {
    expect(issuesOf({ [field]: value })).toEqual([field]);
  });

  it.each([
    ['locale', 'pt-BR'],
    ['locale', 'zh-Hant-TW'],
    ['timeZone', 'Asia/Kolkata'],
    ['timeZone', 'Etc/GMT+5'],
    ['timeZone', 'UTC'],
    ['email', 'ana@example.com'],
    ['avatarUrl', 'http://localhost:8080/ana.png'],
  ])('takes %s %j', (field, value) => {
    expect(issuesOf({ [field]: value })).toEqual([]);
  });
});

describe('a batch of users', () => {
  it('names each id and handle that stands in it twice, whatever the letter case', () => {
    const parsed = BatchUsersRequest.safeParse({
      users: [
        { id: 'a', ...ana },
        { id: 'a', handle: 'ben', displayName: 'Ben' },
        { id: 'c', handle: 'ANA', displayName: 'Cy' },
      ],
    });
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual(['users.1.id', 'users.2.handle']);
  });
});
