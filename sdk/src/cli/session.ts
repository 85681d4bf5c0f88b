// The environment and output of a command, passed in so that nothing here is global.
import { type ClientOptions, createClient, isSendable, UNSENDABLE } from "../client.ts";
import { httpUrl } from "../http-url.ts";
import type { Globals } from "./arguments.ts";
import { UsageError } from "./usage.ts";

/** Shows and asks something while a command runs, if a person is watching. */
export interface Terminal {
	/** Shows a line in place of the one before; an empty one ends it. */
	show(line: string): void;
	/** Asks a question and waits for the answer. */
	ask(question: string): Promise<string>;
}

/** A call of a path that is only known at run time, which the types can't express. */
export type AnyCall = (path: string, options: object) => Promise<{ data: unknown; response: Response }>;

/** A page of a list. */
export interface Page {
	readonly items: Readonly<Record<string, unknown>>[];
	readonly nextCursor: string | null;
	readonly hasMore: boolean;
}

/** What takes more than one minute's requests waits as long as `Retry-After` says. */
export const PATIENT = { retries: 10, timeoutMs: 10 * 60_000 };

export class Session {
	readonly #env: Readonly<Record<string, string | undefined>>;
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;
	readonly terminal: Terminal | null;

	constructor(
		env: Readonly<Record<string, string | undefined>>,
		print: (text: string) => void,
		printError: (text: string) => void,
		terminal: Terminal | null = null,
	) {
		this.#env = env;
		this.print = print;
		this.printError = printError;
		this.terminal = terminal;
	}

	/** The options of a client, from flags and environment. */
	options({ key }: Globals): ClientOptions & { readonly baseUrl: string } {
		const apiKey = key ?? this.#env.LEADWIRE_API_KEY;
		const baseUrl = this.#env.LEADWIRE_URL || "http://localhost:8787";
		if (!apiKey) throw new UsageError("There is no API key: set LEADWIRE_API_KEY, or give --key lw_live_…");
		if (!isSendable(apiKey)) throw new UsageError(UNSENDABLE);
		const host = httpUrl(baseUrl);
		if (!host)
			throw new UsageError(`LEADWIRE_URL is "${baseUrl}", which is not a URL like https://api.example.com.`);
		return { apiKey, baseUrl: host.origin };
	}

	/** A client that waits for its key's limit, and says that it waits for a host that doesn't answer. */
	patientClient(globals: Globals) {
		const options = this.options(globals);
		let hasSaid = false;
		const send = async (request: Request) => {
			try {
				const response = await fetch(request);
				hasSaid = false;
				return response;
			} catch (error) {
				if (!hasSaid) {
					this.terminal?.show("");
					this.printError(`No answer from ${options.baseUrl}; trying again …`);
				}
				hasSaid = true;
				throw error;
			}
		};
		return createClient({ ...options, ...PATIENT, fetch: send });
	}
}
