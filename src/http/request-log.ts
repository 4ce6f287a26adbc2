/** What is known of a request when it has been answered. */
export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  /** The route's pattern: ids and queries stay out of the log. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly token: string | undefined;
  readonly code?: string | undefined;
}

/** Upper ends of the histogram's buckets, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Counts of requests, and how long they took, as Prometheus reads them. */
export class Metrics {
  static readonly TYPE = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #counts = new Map<string, number>();
  /** Requests that took longer than the bucket before, and no longer than this one. */
  readonly #buckets: number[] = BUCKETS.map(() => 0);
  #total = 0;
  #seconds = 0;
  readonly #version: string;
  inFlight = 0;

  constructor(version: string) {
    this.#version = version;
  }

  add({ method, route, status, ms }: RequestFacts): void {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + 1);
    const seconds = ms / 1_000;
    this.#total += 1;
    this.#seconds += seconds;
    const at = BUCKETS.findIndex((end) => seconds <= end);
    if (at !== -1) this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
  }

  render(): string {
    const counts = [...this.#counts].map(([labels, count]) => `wallet_requests_total{${labels}} ${count}`);
    let within = 0;
    const buckets = BUCKETS.map((end, at) => {
      within += this.#buckets[at] ?? 0;
      return `wallet_request_seconds_bucket{le="${end}"} ${within}`;
    });
    const lines = [
      '# HELP wallet_build_info The version that runs.',
      '# TYPE wallet_build_info gauge',
      `wallet_build_info{version="${this.#version}"} 1`,
      '# HELP wallet_requests_total Requests that were answered.',
      '# TYPE wallet_requests_total counter',
      ...counts,
      '# HELP wallet_request_seconds How long requests took.',
      '# TYPE wallet_request_seconds histogram',
      ...buckets,
      `wallet_request_seconds_bucket{le="+Inf"} ${this.#total}`,
      `wallet_request_seconds_sum ${this.#seconds}`,
      `wallet_request_seconds_count ${this.#total}`,
      '# HELP wallet_requests_in_flight Requests that are being answered.',
      '# TYPE wallet_requests_in_flight gauge',
      `wallet_requests_in_flight ${this.inFlight}`,
      '# HELP wallet_memory_bytes Memory of the process.',
      '# TYPE wallet_memory_bytes gauge',
      `wallet_memory_bytes ${process.memoryUsage.rss()}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}
