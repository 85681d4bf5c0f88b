// What one invocation of the Worker has used of its share, and who of it waits for a free connection.
import { most } from "./limits.ts";

export class Invocation {
	#subrequests = 0;
	#queries = 0;
	#open = 0;
	readonly #waiting: (() => void)[] = [];

	/** @param request whether it is a request's, and so one caller's alone */
	constructor(readonly request: boolean) {}

	/** Counts one call to the outside. */
	subrequest(): void {
		this.#subrequests += 1;
		if (this.#subrequests > most("subrequests")) throw new Error(TOO_MANY);
	}

	/** One call to D1 with so many queries. */
	async queries<T>(count: number, call: () => Promise<T>): Promise<T> {
		this.#queries += count;
		if (this.#queries > most("queriesPerInvocation")) throw new Error(TOO_MANY);
		return this.connection(call);
	}

	/** One call that holds a connection until it is answered; it waits while all are taken. */
	async connection<T>(call: () => Promise<T>): Promise<T> {
		this.subrequest();
		if (this.#open < most("connections")) this.#open += 1;
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
