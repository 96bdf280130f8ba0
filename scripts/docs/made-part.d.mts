export interface MadePart {
  readonly page: string;
  readonly command: string;
  readonly from: string;
}
export function withPart(page: string, part: MadePart, text: string): string;
export function writePart(part: MadePart, text: string): void;
