// Asks Beckon over gRPC, as a service of yours would: npm run example -- grpc <post id>…
import { type Client, credentials, loadPackageDefinition, Metadata, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Yours is a copy. */
const PROTO = 'libs/contracts/proto/beckon/v1/beckon.proto';
const DEADLINE_MS = 2_000;

const address = process.env.BECKON_GRPC ?? 'localhost:50051';
const token = process.env.BECKON_TOKEN;
if (token === undefined) throw new Error('BECKON_TOKEN is needed, with the scope service');

// What of the contract is called here. A generator makes all of it from the proto file.
interface Post {
  id: string;
  authorId: string;
  excerpt: string;
  createdAt: string;
}
interface PostService extends Client {
  getPosts(
    request: { ids: string[] },
    metadata: Metadata,
    options: { deadline: number },
    done: (error: ServiceError | null, response: { posts: Post[] }) => void,
  ): void;
}
interface Contract {
  beckon: { v1: { PostService: new (...args: ConstructorParameters<typeof Client>) => PostService } };
}

// A channel: one for the life of your process. A name may stand for several processes, and calls go round among them.
const { beckon } = loadPackageDefinition(loadSync(PROTO, { defaults: true })) as unknown as Contract;
const retryPolicy = {
  maxAttempts: 3,
  initialBackoff: '0.100000000s',
  maxBackoff: '1.000000000s',
  backoffMultiplier: 2,
  retryableStatusCodes: ['UNAVAILABLE'],
};
const client = new beckon.v1.PostService(address, credentials.createInsecure(), {
  'grpc.service_config': JSON.stringify({
    loadBalancingConfig: [{ round_robin: {} }],
    methodConfig: [{ name: [{}], retryPolicy }],
  }),
});

// A call
function getPosts(ids: string[]): Promise<Post[]> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + DEADLINE_MS };
    client.getPosts({ ids }, metadata, options, (error, response) =>
      error === null ? resolve(response.posts) : reject(error),
    );
  });
}

const asked = process.argv.slice(2);
const posts = await getPosts(asked);
for (const { id, authorId, excerpt } of posts) console.log(`${id} by ${authorId}: ${excerpt}`);
const standing = new Set(posts.map(({ id }) => id));
for (const id of asked) if (!standing.has(id)) console.log(`${id}: no such post`);
client.close();
