/** How much of what is found in one attack is shown; the rest is only counted. */
const SHOWN = 10;

/** What an attack asked, what it was answered, and what must not be. */
export class Findings {
  readonly notes: string[] = [];
  /** Requests, calls, jobs or connections that were tried. */
  attempts = 0;
  /** Answered 503 with `Retry-After`: refused for want of capacity, which is allowed and counted. */
  overloaded = 0;
  private readonly wrong: string[] = [];
  private wrongs = 0;

  /** What must be so; `otherwise` becomes a finding. */
  expect(isSo: boolean, otherwise: () => string): void {
    if (isSo) return;
    this.wrongs++;
    if (this.wrong.length < SHOWN) this.wrong.push(otherwise().slice(0, 1_500));
  }

  /** Counts an HTTP answer, and holds it against what is true of every answer: never a fault of the server's own. */
  answered(status: number, headers: Headers, what: () => string): void {
    this.attempts++;
    if (status === 503 && headers.has('retry-after')) this.overloaded++;
    else this.expect(status < 500, () => `${what()} was answered ${status}`);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  /** What was found, and how much more there was of it. */
  list(): string[] {
    return this.wrongs > SHOWN ? [...this.wrong, `and ${this.wrongs - SHOWN} more`] : this.wrong;
  }
}
