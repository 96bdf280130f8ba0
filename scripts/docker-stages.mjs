// Does what `docker build` would, without Docker: each stage in a folder of its own, its COPY and RUN lines in order.
// Then starts the result on private servers and asks its health check. `-- --keep` leaves the folders.
import { command } from './process/command.mjs';
import { runStages } from './docker/stages.mjs';
import { tryImage } from './docker/try-image.mjs';

await command(async (signal) => {
  const keep = process.argv.includes('--keep');
  const image = await runStages({ signal });
  try {
    await tryImage(image, { signal });
  } finally {
    if (keep) console.log(`kept in ${image.folder}`);
    else image.remove();
  }
});
