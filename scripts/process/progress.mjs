const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const interactive = Boolean(process.stdout.isTTY) && !process.env.CI;

/**
 * Does `work` and shows that it goes on: a spinner with seconds on a terminal, else a line when it takes over
 * a second and one every 15 s. A string that `work` gives is shown beside the title.
 */
export async function step(title, work) {
  const begun = Date.now();
  const show = interactive ? spinner(title, begun) : plainLines(title, begun);
  try {
    const result = await work();
    show.end('✓', typeof result === 'string' ? `: ${result}` : '');
    return result;
  } catch (error) {
    show.end('✗', '');
    throw error;
  }
}

function spinner(title, begun) {
  let frame = 0;
  const draw = () => {
    const time = Date.now() - begun >= 1000 ? ` ${seconds(begun)}` : '';
    process.stdout.write(`\r\x1b[K${frames[frame++ % frames.length]} ${title}${time}`);
  };
  draw();
  const timer = setInterval(draw, 100);
  return {
    end: (mark, note) => {
      clearInterval(timer);
      process.stdout.write(`\r\x1b[K${lastLine(mark, title, note, begun)}\n`);
    },
  };
}

function plainLines(title, begun) {
  const first = setTimeout(() => console.log(`… ${title}`), 1000);
  const more = setInterval(() => console.log(`… ${title} (${seconds(begun)})`), 15_000);
  return {
    end: (mark, note) => {
      clearTimeout(first);
      clearInterval(more);
      console.log(lastLine(mark, title, note, begun));
    },
  };
}

function lastLine(mark, title, note, begun) {
  return `${mark} ${title}${note}${Date.now() - begun >= 1000 ? ` (${seconds(begun)})` : ''}`;
}

function seconds(begun) {
  return `${((Date.now() - begun) / 1000).toFixed(1)} s`;
}
