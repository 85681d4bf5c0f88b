// Whether the page can ask: what keeps it from doing so, until when, and how much of its allowance is left.

/** How much of the session's allowance is left, as the last answer told. */
export interface Allowance {
	readonly limit: number;
	readonly remaining: number;
	readonly resetSeconds: number;
}

/** Why what is shown may be old, in plain words, and since when. */
export interface Trouble {
	readonly message: string;
	/** Milliseconds since 1970. */
	readonly since: number;
}

const OFFLINE = "You are offline.";
export const UNREACHABLE = "The server can’t be reached.";

/** Told by every request what came of it; tells the page with a `change`. */
export const connection = new (class extends EventTarget {
	allowance: Allowance | null = null;
	trouble: Trouble | null = null;
	/** Nothing is read before this instant, in ms; the server said so. */
	waitsUntil = 0;

	constructor() {
		super();
		addEventListener("offline", () => this.fail(OFFLINE));
		// Whether the server answers is seen by the next request.
		addEventListener("online", () => this.succeed());
	}

	answered({ headers, status }: Response): void {
		const limit = Number(headers.get("ratelimit-limit"));
		const [remaining = 0, resetSeconds = 0] = ["remaining", "reset"].map((name) =>
			Number(headers.get(`ratelimit-${name}`)),
		);
		if (limit > 0) this.allowance = { limit, remaining, resetSeconds };
		if (status === 429) {
			const seconds = Number(headers.get("retry-after")) || 1;
			this.waitsUntil = Date.now() + seconds * 1_000;
			this.fail(`This page has asked too often; it goes on in ${seconds} s.`);
		} else if (status < 500) this.succeed();
	}

	/** Nobody answered. */
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
