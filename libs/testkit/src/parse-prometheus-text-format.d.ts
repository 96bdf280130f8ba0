declare module 'parse-prometheus-text-format' {
  interface Family {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly metrics: readonly { readonly labels?: Record<string, string>; readonly value?: string }[];
  }

  /** @throws Error when the text is not in the format */
  export default function parsePrometheusTextFormat(metrics: string): Family[];
}
