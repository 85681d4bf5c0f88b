// The usage of one invocation of the Worker, and its calls that wait for a free connection.
import { maxOf } from "./limits.ts";

export class Invocation {
	#subrequests = 0;
	#queries = 0;
	#open = 0;
	readonly #waiting: (() => void)[] = [];

	/** @param request whether it handles an HTTP request, which belongs to one caller */
	constructor(readonly request: boolean) {}

	/** Counts one call to a service outside the invocation. */
	countSubrequest(): void {
		this.#subrequests += 1;
		if (this.#subrequests > maxOf("subrequests")) throw new Error(TOO_MANY);
	}

	/** Runs one call to D1 with `count` queries. */
	async runQueries<T>(count: number, call: () => Promise<T>): Promise<T> {
		this.#queries += count;
		if (this.#queries > maxOf("queriesPerInvocation")) throw new Error(TOO_MANY);
		return this.useConnection(call);
	}

	/** Runs one call that uses a connection until its answer; waits while all are in use. */
	async useConnection<T>(call: () => Promise<T>): Promise<T> {
		this.countSubrequest();
		if (this.#open < maxOf("connections")) this.#open += 1;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await call();
		} finally {
			const next = this.#waiting.shift();
			if (next) next();
			else this.#open -= 1;
		}
	}
}

const TOO_MANY = "Too many API requests by single Worker invocation.";
