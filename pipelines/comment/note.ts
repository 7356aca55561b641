/** A comment as a host has it. */
export interface Note {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

/** The comments of one pull or merge request. */
export interface Thread {
  /** Whose comments may be written over. */
  readonly author: string;
  /** What a comment may have, in characters. */
  readonly longest: number;
  /** All comments, the oldest first. */
  readonly list: () => Promise<readonly Note[]>;
  readonly create: (body: string) => Promise<void>;
  readonly update: (id: number, body: string) => Promise<void>;
}
