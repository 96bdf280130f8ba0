import type { Api } from '#testkit/api.js';
import type { Beckon } from '#testkit/beckon.js';

/** A dead letter as operators see it. */
export interface ListedLetter {
  readonly id: string;
  readonly queue: string;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly error: string;
  readonly attempts: number;
  readonly pending: boolean;
}

/** Somebody with the scope `admin`. */
export class Operator {
  private constructor(readonly api: Api) {}

  static async of(beckon: Beckon): Promise<Operator> {
    const token = await beckon.tokenOf('operator', 'admin');
    return new Operator(beckon.withHeaders({ authorization: `Bearer ${token}` }));
  }

  async letters(query = ''): Promise<ListedLetter[]> {
    return (await this.api.get(`/v1/admin/dead-letters${query}`)).body.deadLetters as ListedLetter[];
  }

  /** Asks for a letter to be applied again. Answers the status: 404 when there is none. */
  async redrive(letter: Pick<ListedLetter, 'id'>): Promise<number> {
    return (await this.api.post(`/v1/admin/dead-letters/${letter.id}/redrive`)).status;
  }
}
