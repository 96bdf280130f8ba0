// The image's health check: healthy while the process in this container can serve.
const url = `http://127.0.0.1:${process.env.PORT}/health/ready`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch((error) => ({
  status: String(error),
}));
if (answer.ok !== true) {
  console.error(`${url}: ${answer.status}`);
  process.exit(1);
}
