// What one run of a query was about: the value that the page makes and everything below an answer reads.

export interface Run {
  query: string;
  inference: boolean;
  /** Whether the rows are to be told apart by what they rest on. */
  compared: boolean;
  signal: AbortSignal;
  seconds: number;
}
