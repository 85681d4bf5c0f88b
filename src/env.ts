// The Worker's bindings, and its vars parsed once. wrangler.toml says what each binding is for.
import { parseDelays } from "./delivery/schedule.ts";
import type { KeyLimiter } from "./gate/key-limiter.ts";

/** What travels through the queue: nothing but where to look. The rows in D1 are the truth. */
export interface DeliveryWakeUp {
	readonly webhookId: string;
	readonly deliveryId: string;
}

export interface Env {
	readonly DB: D1Database;
	readonly KEY_LIMITER: DurableObjectNamespace<KeyLimiter>;
	readonly ASSETS: Fetcher;
	readonly DELIVERIES: Queue<DeliveryWakeUp>;
	readonly KEY_PEPPER: string;
	readonly ENCRYPTION_KEY: string;
	readonly WEBHOOK_RETRY_DELAYS: string;
	readonly WEBHOOK_TIMEOUT_SECONDS: string;
	readonly DELIVERY_RETENTION_DAYS: string;
	readonly TRASH_RETENTION_DAYS: string;
	readonly PUBLIC_HOSTS: string;
	readonly ALLOW_INSECURE_TARGETS: string;
}

/** What the vars say about sending webhooks. */
export interface SendingRules {
	/** Seconds before each attempt; as many as there are attempts. */
	readonly delays: readonly number[];
	readonly timeoutMs: number;
	readonly allowInsecure: boolean;
	readonly ownHosts: readonly string[];
}

/** Reads the vars that govern sending. `host` is our own name as the caller spelled it, where there is a caller. */
export function sendingRules(env: Env, host?: string): SendingRules {
	return {
		delays: parseDelays(env.WEBHOOK_RETRY_DELAYS),
		timeoutMs: Number(env.WEBHOOK_TIMEOUT_SECONDS) * 1_000,
		allowInsecure: env.ALLOW_INSECURE_TARGETS === "true",
		ownHosts: [...env.PUBLIC_HOSTS.split(",").map((name) => name.trim()), host ?? ""].filter(Boolean),
	};
}
