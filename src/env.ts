// The Worker's bindings, and what its settings say about sending. wrangler.toml says what each binding is for.
import { settingsOf } from "./settings.ts";
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

/** The settings that govern sending. `host` is our own name as the caller spelled it, where there is a caller. */
export function sendingRules(env: Bindings, host?: string): SendingRules {
	const { WEBHOOK_RETRY_DELAYS, WEBHOOK_TIMEOUT_SECONDS, ALLOW_INSECURE_TARGETS, PUBLIC_HOSTS } =
		settingsOf(env);
	const timeoutMs = WEBHOOK_TIMEOUT_SECONDS * 1_000;
	return {
		delays: WEBHOOK_RETRY_DELAYS,
		timeoutMs,
		leaseMs: timeoutMs + RECORDING_MS,
		allowInsecure: ALLOW_INSECURE_TARGETS,
		ownHosts: host ? [...PUBLIC_HOSTS, host] : PUBLIC_HOSTS,
	};
}
