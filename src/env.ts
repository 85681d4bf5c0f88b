// The Worker's bindings, and what its settings say about sending. wrangler.toml says what each binding is for.
import { type Settings, settingsOf } from "./settings.ts";
import type { Verdict } from "./verdict.ts";

/** What a claim lasts beyond the longest attempt: until its outcome is recorded. */
const RECORDING_MS = 15_000;

/** What travels through the queue: nothing but where to look. The rows in D1 are the truth. */
export interface DeliveryWakeUp {
	readonly webhookId: string;
	readonly deliveryId: string;
	/** The database that has them; left out for the first. */
	readonly shard?: number;
}

/** A wake-up about to be sent. */
export interface WakeUp extends DeliveryWakeUp {
	/** Whether its webhook is known to answer slowly, so that it goes through the queue of the slow ones. */
	readonly slow: boolean;
	/** How long the queue holds it back; 0 unless given. */
	readonly delaySeconds?: number;
}

/** What is asked of a key's Durable Object: limiter/key-limiter.ts. */
export interface Limiter extends Rpc.DurableObjectBranded {
	check(limit?: number, session?: string): Verdict;
	endAt(instant: number): void;
	endSession(session: string, runsOutAt: number): void;
}

/** What the platform hands to the Worker, beside `DB_1`, `DB_2` … and queues of places where there are any: shards.ts. */
export interface Bindings {
	readonly DB: D1Database;
	readonly KEY_LIMITER: DurableObjectNamespace<Limiter>;
	readonly ADDRESS_LIMITER?: RateLimit;
	readonly ASSETS: Fetcher;
	readonly DELIVERIES: Queue<DeliveryWakeUp>;
	readonly SLOW_DELIVERIES: Queue<DeliveryWakeUp>;
	readonly KEY_PEPPER: string;
	readonly ENCRYPTION_KEY: string;
	readonly WEBHOOK_RETRY_DELAYS: string;
	readonly WEBHOOK_TIMEOUT_SECONDS: string;
	readonly DELIVERY_RETENTION_DAYS: string;
	readonly TRASH_RETENTION_DAYS: string;
	readonly EVENT_RETENTION_DAYS: string;
	readonly PUBLIC_HOSTS: string;
	readonly SHARD_PLACES: string;
	readonly ALLOW_INSECURE_TARGETS: string;
}

/** The bindings as an organization sees them: its own database is `DB`, and queues and limiters are those of its place. */
export interface Env extends Bindings {
	/** Which database `DB` is. */
	readonly SHARD: number;
}

/** What the settings say about sending webhooks. */
export interface SendingRules {
	/** Seconds before each attempt; as many as there are attempts. */
	readonly delays: readonly number[];
	readonly timeoutMs: number;
	/** How long a claim of a delivery holds; longer than any attempt takes, so that only a dead consumer loses it. */
	readonly leaseMs: number;
	readonly allowInsecure: boolean;
	readonly ownHosts: readonly string[];
}

const rulesOf = new WeakMap<Settings, SendingRules>();

/**
 * The settings that govern sending, worked out once as long as the settings stay the same.
 * @throws AppError 503 that names those that are wrong
 */
export function sendingRules(env: Bindings): SendingRules {
	const settings = settingsOf(env);
	const known = rulesOf.get(settings);
	if (known) return known;
	const timeoutMs = settings.WEBHOOK_TIMEOUT_SECONDS * 1_000;
	const rules = {
		delays: settings.WEBHOOK_RETRY_DELAYS,
		timeoutMs,
		leaseMs: timeoutMs + RECORDING_MS,
		allowInsecure: settings.ALLOW_INSECURE_TARGETS,
		ownHosts: settings.PUBLIC_HOSTS,
	};
	rulesOf.set(settings, rules);
	return rules;
}
