// Small parts of requests, and many of them at once.
import type { Reply } from "./api.ts";

export const JSON_TYPE = { "content-type": "application/json" };

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** The statuses of concurrent replies, sorted. */
export const sortedStatuses = (replies: readonly Reply[]) =>
	replies.map(({ status }) => status).sort((a, b) => a - b);

export const inParallel = <T>(count: number, make: (index: number) => Promise<T>) =>
	Promise.all(Array.from({ length: count }, (_, index) => make(index)));

/** A valid id of no lead. */
export const UNKNOWN_LEAD_ID = "ld_01kaj2m5m8f7jt2n3v4w5x6y7z";
