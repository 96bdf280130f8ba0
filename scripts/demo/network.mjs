/** The people, posts and talk that a first `npm start` shows. Ids are fixed, so that a second run adds nothing. */
export const people = [
  { id: 'ana', handle: 'ana', displayName: 'Ana Sousa' },
  { id: 'emeka', handle: 'emeka', displayName: 'Emeka Okonkwo' },
  { id: 'goro', handle: 'goro', displayName: '佐藤 五郎' },
  { id: 'farah', handle: 'farah', displayName: 'فرح حداد' },
  { id: 'hana', handle: 'hana', displayName: 'Гана Коваль' },
  { id: 'cyra', handle: 'cyra', displayName: 'साइरा नायर' },
  { id: 'ben', handle: 'ben', displayName: 'Ben Åsberg' },
  { id: 'deniz', handle: 'deniz', displayName: 'Deniz Yılmaz' },
];

/** Who follows whom. */
export const follows = {
  ana: ['emeka', 'goro', 'farah'],
  emeka: ['ana', 'cyra', 'ben'],
  goro: ['ana', 'deniz', 'hana'],
  farah: ['ana', 'cyra'],
  hana: ['goro', 'emeka', 'deniz'],
  cyra: ['farah', 'ana', 'goro'],
  ben: ['ana', 'emeka', 'deniz'],
  deniz: ['goro', 'ben', 'farah'],
};

/** The last is the newest and stands on top of the page, whose inbox is its author's: a first click is seen to arrive. */
export const posts = [
  {
    id: 'demo-tram',
    author: 'ana',
    body: 'The 28 tram stopped so that the driver could greet a cat. On time anyway.',
  },
  {
    id: 'demo-highlife',
    author: 'emeka',
    body: 'Found my uncle’s highlife records in the attic. Cancel my weekend.',
  },
  {
    id: 'demo-bridge',
    author: 'emeka',
    body: 'The new footbridge in Enugu opens on Saturday. @ana you owe me a visit.',
  },
  { id: 'demo-cherry', author: 'goro', body: '今朝の散歩道。桜はまだ少しだけ残っていました。' },
  {
    id: 'demo-radio',
    author: 'goro',
    body: 'Repaired a radio from 1962. First thing it played: a weather report.',
  },
  { id: 'demo-bread', author: 'farah', body: 'خبز الصباح مع الزعتر، ورائحة البيت القديم.' },
  {
    id: 'demo-observatory',
    author: 'hana',
    body: 'Ніч була ясна: нарешті побачив кільця Сатурна на власні очі.',
  },
  {
    id: 'demo-monsoon',
    author: 'cyra',
    body: 'First rain of the monsoon, and the whole street came out to stand in it.',
  },
  {
    id: 'demo-chess',
    author: 'cyra',
    body: 'Lost to a nine-year-old in eighteen moves. She offered me a biscuit.',
  },
  {
    id: 'demo-surf',
    author: 'ben',
    body: 'Two-metre waves and nobody else in the water. Today was the day.',
  },
  {
    id: 'demo-lake',
    author: 'deniz',
    body: 'Bu gece gölün üstünde Samanyolu vardı. Eksi beş derece, ama değdi.',
  },
  {
    id: 'demo-sourdough',
    author: 'ana',
    body: 'Day nine of the sourdough. It has a name now, and opinions.',
  },
];

export const comments = [
  {
    key: 'demo-comment-1',
    author: 'emeka',
    post: 'demo-sourdough',
    body: 'Please tell me that the name is Clint Yeastwood.',
  },
  {
    key: 'demo-comment-2',
    author: 'goro',
    post: 'demo-sourdough',
    body: 'Mine lasted six days. @ana, teach me.',
  },
  {
    key: 'demo-comment-3',
    author: 'ben',
    post: 'demo-highlife',
    body: 'Digitise them! I bring the speakers.',
  },
  { key: 'demo-comment-4', author: 'ana', post: 'demo-cherry', body: 'きれい!' },
  {
    key: 'demo-comment-5',
    author: 'deniz',
    post: 'demo-observatory',
    body: 'The first time is the best. Try the Orion nebula next.',
  },
  { key: 'demo-comment-6', author: 'farah', post: 'demo-monsoon', body: 'I can smell it from here.' },
];

export const reactions = [
  { actor: 'emeka', post: 'demo-sourdough', type: 'haha' },
  { actor: 'farah', post: 'demo-sourdough', type: 'love' },
  { actor: 'ben', post: 'demo-sourdough', type: 'like' },
  { actor: 'cyra', post: 'demo-tram', type: 'love' },
  { actor: 'ana', post: 'demo-highlife', type: 'wow' },
  { actor: 'hana', post: 'demo-cherry', type: 'love' },
  { actor: 'deniz', post: 'demo-cherry', type: 'like' },
  { actor: 'ana', post: 'demo-bread', type: 'love' },
  { actor: 'cyra', post: 'demo-bread', type: 'like' },
  { actor: 'goro', post: 'demo-observatory', type: 'wow' },
  { actor: 'goro', post: 'demo-monsoon', type: 'love' },
  { actor: 'emeka', post: 'demo-chess', type: 'haha' },
  { actor: 'ana', post: 'demo-surf', type: 'like' },
  { actor: 'goro', post: 'demo-lake', type: 'wow' },
];
