/** The people, posts and talk that a first `npm start` shows. Ids are fixed, so that a second run adds nothing. */
export const people = [
  { id: 'ana', handle: 'ana', displayName: 'Ana Sousa' },
  { id: 'kofi', handle: 'kofi', displayName: 'Kofi Mensah' },
  { id: 'yuki', handle: 'yuki', displayName: '佐藤 ゆき' },
  { id: 'leila', handle: 'leila', displayName: 'ليلى حداد' },
  { id: 'dmytro', handle: 'dmytro', displayName: 'Дмитро Коваль' },
  { id: 'priya', handle: 'priya', displayName: 'प्रिया नायर' },
  { id: 'mateo', handle: 'mateo', displayName: 'Mateo Ñíguez' },
  { id: 'ingrid', handle: 'ingrid', displayName: 'Ingrid Åsberg' },
];

/** Who follows whom. */
export const follows = {
  ana: ['kofi', 'yuki', 'leila'],
  kofi: ['ana', 'priya', 'mateo'],
  yuki: ['ana', 'ingrid', 'dmytro'],
  leila: ['ana', 'priya'],
  dmytro: ['yuki', 'kofi', 'ingrid'],
  priya: ['leila', 'ana', 'yuki'],
  mateo: ['ana', 'kofi', 'ingrid'],
  ingrid: ['yuki', 'mateo', 'leila'],
};

export const posts = [
  { id: 'demo-sourdough', author: 'ana', body: 'Day nine of the sourdough. It has a name now, and opinions.' },
  { id: 'demo-tram', author: 'ana', body: 'The 28 tram stopped so that the driver could greet a cat. On time anyway.' },
  { id: 'demo-highlife', author: 'kofi', body: 'Found my uncle’s highlife records in the attic. Cancel my weekend.' },
  { id: 'demo-bridge', author: 'kofi', body: 'The new footbridge in Takoradi opens on Saturday. @ana you owe me a visit.' },
  { id: 'demo-cherry', author: 'yuki', body: '今朝の散歩道。桜はまだ少しだけ残っていました。' },
  { id: 'demo-radio', author: 'yuki', body: 'Repaired a radio from 1962. First thing it played: a weather report.' },
  { id: 'demo-bread', author: 'leila', body: 'خبز الصباح مع الزعتر، ورائحة البيت القديم.' },
  { id: 'demo-observatory', author: 'dmytro', body: 'Ніч була ясна: нарешті побачив кільця Сатурна на власні очі.' },
  { id: 'demo-monsoon', author: 'priya', body: 'First rain of the monsoon, and the whole street came out to stand in it.' },
  { id: 'demo-chess', author: 'priya', body: 'Lost to a nine-year-old in eighteen moves. She offered me a biscuit.' },
  { id: 'demo-surf', author: 'mateo', body: 'Olas de dos metros y nadie en el agua. Hoy fue ese día.' },
  { id: 'demo-northern', author: 'ingrid', body: 'Norrsken över sjön i natt. Minus tjugo, men det var värt det.' },
];

export const comments = [
  { key: 'demo-comment-1', author: 'kofi', post: 'demo-sourdough', body: 'Please tell me that the name is Clint Yeastwood.' },
  { key: 'demo-comment-2', author: 'yuki', post: 'demo-sourdough', body: 'Mine lasted six days. @ana, teach me.' },
  { key: 'demo-comment-3', author: 'mateo', post: 'demo-highlife', body: 'Digitise them! I bring the speakers.' },
  { key: 'demo-comment-4', author: 'ana', post: 'demo-cherry', body: 'きれい!' },
  { key: 'demo-comment-5', author: 'ingrid', post: 'demo-observatory', body: 'The first time is the best. Try the Orion nebula next.' },
  { key: 'demo-comment-6', author: 'leila', post: 'demo-monsoon', body: 'I can smell it from here.' },
];

export const reactions = [
  { actor: 'kofi', post: 'demo-sourdough', type: 'haha' },
  { actor: 'leila', post: 'demo-sourdough', type: 'love' },
  { actor: 'mateo', post: 'demo-sourdough', type: 'like' },
  { actor: 'priya', post: 'demo-tram', type: 'love' },
  { actor: 'ana', post: 'demo-highlife', type: 'wow' },
  { actor: 'dmytro', post: 'demo-cherry', type: 'love' },
  { actor: 'ingrid', post: 'demo-cherry', type: 'like' },
  { actor: 'ana', post: 'demo-bread', type: 'love' },
  { actor: 'priya', post: 'demo-bread', type: 'like' },
  { actor: 'yuki', post: 'demo-observatory', type: 'wow' },
  { actor: 'yuki', post: 'demo-monsoon', type: 'love' },
  { actor: 'kofi', post: 'demo-chess', type: 'haha' },
  { actor: 'ana', post: 'demo-surf', type: 'like' },
  { actor: 'yuki', post: 'demo-northern', type: 'wow' },
];
