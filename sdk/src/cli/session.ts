// The environment and output of a command, passed in so that nothing here is global.
import type { ClientOptions } from "../client.ts";
import { httpUrl } from "../http-url.ts";
import type { Globals } from "./arguments.ts";
import { UsageError } from "./usage.ts";

export class Session {
	readonly #env: Readonly<Record<string, string | undefined>>;
	readonly print: (text: string) => void;
	readonly printError: (text: string) => void;

	constructor(
		env: Readonly<Record<string, string | undefined>>,
		print: (text: string) => void,
		complain: (text: string) => void,
	) {
		this.#env = env;
		this.print = print;
		this.printError = complain;
	}

	/** The options of a client, from flags and environment. */
	options({ key }: Globals): ClientOptions & { readonly baseUrl: string } {
		const apiKey = key ?? this.#env.LEADWIRE_API_KEY;
		const baseUrl = this.#env.LEADWIRE_URL || "http://localhost:8787";
		if (!apiKey) throw new UsageError("There is no API key: set LEADWIRE_API_KEY, or give --key lw_live_…");
		if (!httpUrl(baseUrl))
			throw new UsageError(`LEADWIRE_URL is "${baseUrl}", which is no URL like https://api.example.com.`);
		return { apiKey, baseUrl };
	}
}
