// What a domain function may touch, and nothing else.
import type { Env, WakeUp } from "./env.ts";
import type { AppError } from "./errors.ts";

/** Who caused an event, as events say it. */
export interface Actor {
	/** `system` is a process of ours: nobody asked for this very write. */
	readonly type: "key" | "session" | "system";
	/** The API key's, the dashboard session's, or what the process is called in code. */
	readonly id: string;
	/** The name of the key, also of the one that a session was begun with; of a process, what it is in words. */
	readonly name: string;
}

/** Who is calling: an API key and the organization it belongs to. */
export interface Caller {
	readonly keyId: string;
	/** The key's name, as it was last read. */
	readonly keyName: string;
	/** The session of the dashboard that acts for the key; null where the key itself was sent. */
	readonly sessionId: string | null;
	readonly organizationId: string;
	readonly scopes: readonly string[];
	/** When the key ends (ms), as it was last read; null when it never does. */
	readonly expiresAt: number | null;
	/** Whether this key gets its answers as `{ data, meta }`. */
	readonly envelope: boolean;
	/** What one record of the organization may weigh, in bytes of JSON. */
	readonly recordBytes: number;
}

/** The Idempotency-Key this request has claimed. */
export interface Claim {
	/** The caller and its key: no other caller has the same. */
	readonly slot: string;
	readonly claimedBy: string;
}

/** What committing takes. Who works for no caller, such as the sender of webhooks, says nothing of one. */
export interface CommitCtx extends Pick<Ctx, "env"> {
	readonly caller?: Pick<Caller, "organizationId">;
	moved?(): AppError;
}

/** What recording events takes. */
export interface EventCtx extends Pick<Ctx, "env" | "now" | "wake"> {
	readonly caller: Pick<Caller, "organizationId">;
	readonly actor: Actor;
}

/** A request while it plans its write: for the first time, or once more after another write came first. */
export interface Attempt extends Ctx {
	/** This plan reads instead of trusting what is remembered, and finds out what refused the one before. */
	readonly isRetry: boolean;
}

export interface Ctx {
	readonly env: Env;
	readonly caller: Caller;
	/** Whom the events of this write name: the caller, or the process that acts in its stead. */
	readonly actor: Actor;
	/** Milliseconds since 1970, read once per request: every instant the request writes is this one. */
	readonly now: number;
	readonly requestId: string;
	/** Our own host as the caller spelled it, port and all; no webhook may point there. */
	readonly host: string;
	readonly claim: Claim | null;
	/** Resolves when the key's limiter lets the request through; throws 429 or 401 otherwise. */
	admitted(): Promise<void>;
	/** The error for a write whose organization has left the database of `env`; the caller's next request looks for it anew. */
	moved(): AppError;
	/** Announces deliveries that a commit has made due, now or in some seconds. */
	wake(wakeUps: readonly WakeUp[]): void;
	/** Keeps the invocation alive for work that outlives the answer. */
	after(work: Promise<unknown>): void;
}
