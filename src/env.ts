// The Worker's bindings, and what its settings say about sending. wrangler.toml says what each binding is for.
import { type Settings, settingsOf } from "./settings.ts";
import type { Seen, Verdict } from "./verdict.ts";

/** How long a claim lasts after the longest attempt, so that its outcome can be recorded. */
const RECORDING_MS = 15_000;

/** A queue message: it only says where to look. The state is in the rows of D1. */
export interface DeliveryWakeUp {
	readonly webhookId: string;
	readonly deliveryId: string;
	/** The shard that has them; left out for shard 0. */
	readonly shard?: number;
}

/** A wake-up about to be sent. */
export interface WakeUp extends DeliveryWakeUp {
	/** Whether its webhook is known to respond slowly; then it goes through the queue for slow webhooks. */
	readonly slow: boolean;
	/** How long the queue delays it; default 0. */
	readonly delaySeconds?: number;
}

/** The methods of a key's Durable Object: limiter/key-limiter.ts. */
export interface Limiter extends Rpc.DurableObjectBranded {
	check(limit?: number, session?: string, isLocated?: boolean): Verdict;
	saw(seen: Seen, before: Seen | null): void;
	announceMove(until: number): void;
	endAt(instant: number): void;
	endSession(session: string, runsOutAt: number): void;
}

/** The Worker's bindings, besides `DB_1`, `DB_2` … and the queues of places where there are any: shards.ts. */
export interface Bindings {
	readonly DB: D1Database;
	readonly KEY_LIMITER: DurableObjectNamespace<Limiter>;
	readonly ADDRESS_LIMITER?: RateLimit;
	readonly FORM_LIMITER?: RateLimit;
	readonly EMAIL?: SendEmail;
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
	readonly REQUEST_LOG_DAYS: string;
	readonly NOTIFICATION_SENDER: string;
	readonly PUBLIC_HOSTS: string;
	readonly SHARD_PLACES: string;
	readonly TURNSTILE_URL: string;
	readonly ALLOW_INSECURE_TARGETS: string;
}

/** The bindings as an organization sees them: `DB` is its database; queues and limiters are those of its place. */
export interface Env extends Bindings {
	/** The shard that `DB` is. */
	readonly SHARD: number;
}

/** What the settings say about sending webhooks. */
export interface SendingRules {
	/** Seconds before each attempt; as many as there are attempts. */
	readonly delays: readonly number[];
	readonly timeoutMs: number;
	/** The lease of a claimed delivery; longer than any attempt, so only a dead consumer loses it. */
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
