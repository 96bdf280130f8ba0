export function migrate(options: {
  databaseUrl: string;
  only?: string | string[];
  urls?: Record<string, string>;
  onWarning?: (text: string) => void;
}): Promise<string[]>;
