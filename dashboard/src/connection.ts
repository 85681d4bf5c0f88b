// Whether the page can send requests: what prevents it, until when, and how much of the rate limit is left.

/** How much of the session's rate limit is left, from the last answer. */
export interface Allowance {
	readonly limit: number;
	readonly remaining: number;
	/** When more is allowed, in milliseconds since 1970. */
	readonly resetsAt: number;
}

/** Why the shown data may be outdated, in plain words, and since when. */
export interface ConnectionProblem {
	readonly message: string;
	/** Milliseconds since 1970. */
	readonly since: number;
}

const OFFLINE = "You are offline.";
export const UNREACHABLE = "The server can’t be reached.";

/** Records the outcome of every request; fires `change` for the page. */
export const connection = new (class extends EventTarget {
	allowance: Allowance | null = null;
	trouble: ConnectionProblem | null = null;
	/** The server asked for no reads before this instant (ms). */
	waitsUntil = 0;

	constructor() {
		super();
		addEventListener("offline", () => this.fail(OFFLINE));
		// The next request shows whether the server answers.
		addEventListener("online", () => this.succeed());
	}

	answered({ headers, status }: Response): void {
		const limit = Number(headers.get("ratelimit-limit"));
		const [remaining = 0, reset = 0] = ["remaining", "reset"].map((name) =>
			Number(headers.get(`ratelimit-${name}`)),
		);
		if (limit > 0) this.allowance = { limit, remaining, resetsAt: Date.now() + reset * 1_000 };
		const seconds = Number(headers.get("retry-after")) || 1;
		if (status === 429) {
			this.waitsUntil = Date.now() + seconds * 1_000;
			this.fail(`This page has asked too often; it goes on in ${seconds} s.`);
		} else if (status === 503) {
			// Overloaded, or the organization is being moved. Other data may still be read.
			this.fail(`The server can’t answer now; it asks to wait ${seconds} s.`);
		} else if (status < 500) this.succeed();
	}

	/** There was no answer. */
	lost(): void {
		this.fail(navigator.onLine ? UNREACHABLE : OFFLINE);
	}

	private fail(message: string): void {
		if (this.trouble?.message === message) return;
		this.trouble = { message, since: this.trouble?.since ?? Date.now() };
		this.dispatchEvent(new Event("change"));
	}

	private succeed(): void {
		this.trouble = null;
		this.dispatchEvent(new Event("change"));
	}
})();
