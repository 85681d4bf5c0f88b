import openapiFetch, {
	type Client,
	type ClientPathsWithMethod,
	type MaybeOptionalInit,
	type MethodResponse,
} from "openapi-fetch";
import type { paths } from "./generated/schema.ts";
import { httpUrl } from "./http-url.ts";
import { retryingFetch } from "./retry.ts";
import { type SyncOptions, type SyncPage, type SyncResource, sync } from "./sync.ts";

export interface ClientOptions {
	/** `lw_live_…` or `lw_test_…`. */
	readonly apiKey: string;
	/** The address of the host, without `/api/v1`; `http://localhost:8787` by default. */
	readonly baseUrl?: string;
	/** Sends the requests; the runtime's own by default. */
	readonly fetch?: (request: Request) => Promise<Response>;
	/** How often a call is retried after 429, 5xx or no answer; 3 by default. */
	readonly retries?: number;
	/** How long a call may take, retries and waiting included (ms); 90,000 by default. */
	readonly timeoutMs?: number;
}

type Method = "get" | "post" | "patch" | "delete";
type Raw = Client<paths, "application/json">;

/** The paths that take a method. */
export type PathOf<M extends Method> = ClientPathsWithMethod<Raw, M>;

/** Options of a call: `params`, `body`, `headers`, `signal`, and the other options of fetch. */
export type CallOptions<M extends Method, P extends PathOf<M>> = MaybeOptionalInit<paths[P], M>;

/** The body of a successful answer. */
export type DataOf<M extends Method, P extends PathOf<M>> = MethodResponse<Raw, M, P>;

// Not openapi-fetch's own type, for two reasons: here a failed call throws, so `data` is always present; and its inferred
// options accept misspelt fields.
type Call<M extends Method> = <P extends PathOf<M>>(
	path: P,
	...options: undefined extends CallOptions<M, P>
		? [options?: CallOptions<M, P>]
		: [options: CallOptions<M, P>]
) => Promise<{ data: DataOf<M, P>; response: Response }>;

export interface LeadwireClient extends Pick<Raw, "use" | "eject"> {
	GET: Call<"get">;
	POST: Call<"post">;
	PATCH: Call<"patch">;
	DELETE: Call<"delete">;
	/** The changes of a resource since a cursor, page by page, up to now; see `SyncPage` for what to store. */
	sync<R extends SyncResource>(
		resource: R,
		options?: SyncOptions,
	): AsyncGenerator<SyncPage<R>, void, undefined>;
}

/** Whether a text can be a key: one with a line end or the dots of an example would be refused by `fetch`, which shows it. */
export const isSendable = (apiKey: string): boolean => /^[\x21-\x7e]+$/.test(apiKey.trim());

export const UNSENDABLE =
	"The API key has characters that no key has. A key is lw_live_ or lw_test_ with 38 letters and digits behind it.";

/**
 * A client of the API. Its calls return `{ data, response }` and throw a `LeadwireError` unless they succeed.
 * @throws TypeError without a key or with one that no header can hold, or with a `baseUrl` that is not an http or https URL
 */
export function createClient(options: ClientOptions): LeadwireClient {
	const { apiKey, baseUrl = "http://localhost:8787", retries = 3, timeoutMs = 90_000 } = options;
	if (!apiKey) throw new TypeError("createClient needs an apiKey.");
	if (!isSendable(apiKey)) throw new TypeError(UNSENDABLE);
	const host = httpUrl(baseUrl);
	if (!host) throw new TypeError(`baseUrl is "${baseUrl}", which is not a URL like https://api.example.com.`);
	// Read at each call, because tests and tracers replace it; called without `this`, as browsers require.
	const { fetch: send = (request: Request) => globalThis.fetch(request) } = options;
	const calls = openapiFetch<paths, "application/json">({
		baseUrl: new URL("/api/v1", host).href,
		headers: { "x-api-key": apiKey },
		fetch: retryingFetch(send, { retries, timeoutMs }),
	}) as Omit<LeadwireClient, "sync">;
	const client: LeadwireClient = { ...calls, sync: (resource, given) => sync(client, resource, given) };
	return client;
}
