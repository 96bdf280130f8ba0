import { Beckon } from '#testkit/beckon.js';
import { expectProblem } from '#testkit/problem.js';

/** Processes get a new SERVICE_TOKEN_SECRET one after the other; meanwhile some have the old one. */
describe('a process whose secret the others do not have', () => {
  let others: Beckon;
  let beckon: Beckon;

  beforeAll(async () => {
    others = await Beckon.start();
    beckon = await Beckon.start({
      env: {
        POST_GRPC_ADDRESS: others.grpcAddress,
        SERVICE_TOKEN_SECRET: 'a-secret-that-nobody-else-has-been-given-yet',
      },
    });
    await beckon.people('ana');
  });
  afterAll(async () => {
    await beckon?.stop();
    await others?.stop();
  });

  it('answers that it cannot tell now, and stores nothing', async () => {
    const answer = await (await beckon.as('ana')).post('/v1/posts/p1/reactions', { type: 'like' });
    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await beckon.database.query('SELECT 1 FROM reaction.reaction')).toEqual([]);
  });

  it('serves what it can tell by itself', async () => {
    expect((await (await beckon.as('ana')).get('/v1/notifications')).status).toBe(200);
  });
});
