// What Cloudflare charges on the plan Workers Paid beyond the amounts that it includes, as these pages said on PRICES_DATE:
// https://developers.cloudflare.com/workers/platform/pricing/
// https://developers.cloudflare.com/durable-objects/platform/pricing/
// https://developers.cloudflare.com/d1/platform/pricing/
// https://developers.cloudflare.com/queues/platform/pricing/

export const PRICES_DATE = "2026-11-28";

/** In dollars per million; storage in dollars for a gigabyte and month. */
const PRICES = {
	/** Of the Worker. The page speaks of inbound requests; runs of consumers and cron triggers are counted as such here. */
	request: 0.3,
	/** A millisecond of processor time. */
	cpuMs: 0.02,
	/** A call of a Durable Object. */
	objectCall: 0.15,
	/** Durable Objects in memory, a gigabyte for a second: each is billed as 128 MB, unless it may hibernate. */
	objectGigabyteSecond: 12.5,
	/** A row of D1 or of a Durable Object. */
	rowRead: 0.001,
	/** The same; each row of an index is one more, and a row that is removed counts too. */
	rowWritten: 1,
	/** A message is written, read and deleted: three operations, for each 64 KB. */
	queueOperation: 0.4,
	gigabyteMonth: 0.75,
} as const;

export const OPERATIONS_PER_MESSAGE = 3;
const OBJECT_GIGABYTES = 0.128;

/** What an operation uses, once or on average. */
export interface Usage {
	readonly requests: number;
	readonly cpuMs: number;
	readonly read: number;
	readonly written: number;
	readonly messages: number;
}

/** What one check of a key's limiter uses. */
interface LimiterUsage {
	readonly read: number;
	readonly written: number;
	/** How long its object is in memory (ms). */
	readonly ms: number;
}

/** Dollars for a million of an operation. */
export const costOf = ({ requests, cpuMs, read, written, messages }: Usage): number =>
	requests * PRICES.request +
	cpuMs * PRICES.cpuMs +
	read * PRICES.rowRead +
	written * PRICES.rowWritten +
	messages * OPERATIONS_PER_MESSAGE * PRICES.queueOperation;

/** Dollars for a million checks. */
export const costOfLimiter = ({ read, written, ms }: LimiterUsage): number =>
	PRICES.objectCall +
	read * PRICES.rowRead +
	written * PRICES.rowWritten +
	(ms / 1_000) * OBJECT_GIGABYTES * PRICES.objectGigabyteSecond;

/** Dollars a month for a million of what takes so many bytes of the database. */
export const costOfStorage = (bytes: number): number => (bytes / 1_000) * PRICES.gigabyteMonth;
